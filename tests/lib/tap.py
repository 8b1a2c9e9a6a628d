"""pytest's results as TAP, for automake."""


class Tap:
    def __init__(self, path):
        self.path = path
        self.lines = []

    def pytest_runtest_logreport(self, report):
        if report.when == "call" or (report.when == "setup" and not report.passed) or report.failed:
            number = len(self.lines) + 1
            name = report.nodeid.replace("#", " ")
            if report.skipped:
                reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else ""
                self.lines.append("ok %d - %s # SKIP %s" % (number, name, reason.removeprefix("Skipped: ")))
            else:
                self.lines.append("%s %d - %s" % ("ok" if report.passed else "not ok", number, name))

    def pytest_sessionfinish(self, exitstatus):
        with open(self.path, "w", encoding="utf-8") as file:
            for line in self.lines:
                print(line, file=file)
            if exitstatus not in (0, 1):
                print("Bail out! pytest ended with", int(exitstatus), file=file)
            print("1..%d" % len(self.lines), file=file)
