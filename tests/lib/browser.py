"""Chromium without a window, spoken to through a pipe: what a person would see of a page.

    with Browser() as browser:
        page = browser.open("file:///...", width=320)
        page.evaluate("document.documentElement.scrollWidth")
"""

import fcntl
import json
import os
import shutil
import subprocess
import tempfile


def chromium():
    """Where it is; None: nowhere."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


class Browser:
    def __init__(self):
        self.profile = tempfile.TemporaryDirectory(prefix="diurna-browser-")
        commands, self.to = os.pipe()
        self.from_, answers = os.pipe()

        def hand_over():  # it reads commands from 3 and answers on 4
            ends = [fcntl.fcntl(end, fcntl.F_DUPFD, 10) for end in (commands, answers)]
            for number, end in enumerate(ends, 3):
                os.dup2(end, number)
                os.close(end)
        self.process = subprocess.Popen(
            [chromium(), "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
             "--host-resolver-rules=MAP * ~NOTFOUND", "--remote-debugging-pipe",
             "--user-data-dir=" + self.profile.name],
            preexec_fn=hand_over, close_fds=False, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        os.close(commands)
        os.close(answers)
        self.input = os.fdopen(self.from_, "rb")
        self.number = 0
        self.events = []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self.tell(domain + ".enable")
        self.tell("Page.setBypassCSP", enabled=True)  # for the scripts of a test; pages have none

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        self.input.close()
        os.close(self.to)
        self.profile.cleanup()

    def read(self):
        data = bytearray()
        while (byte := self.input.read(1)) != b"\0":
            if not byte:
                raise EOFError("the browser has ended")
            data += byte
        return json.loads(bytes(data))

    def call(self, method, session=None, **parameters):
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self.to, data):]
        while True:
            answer = self.read()
            if answer.get("id") == self.number:
                assert "error" not in answer, (method, answer)
                return answer["result"]
            self.events.append(answer)

    def tell(self, method, **parameters):
        return self.call(method, self.session, **parameters)

    def wait_for(self, event):
        while not any(e.get("method") == event for e in self.events):
            self.events.append(self.read())

    def open(self, url, width=1280, scheme="light"):
        self.tell("Emulation.setDeviceMetricsOverride", width=width, height=800, deviceScaleFactor=1,
                  mobile=width < 600)
        self.tell("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        self.events.clear()
        self.tell("Page.navigate", url=url)
        self.wait_for("Page.loadEventFired")

    def evaluate(self, script):
        result = self.tell("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in result, result
        return result["result"].get("value")

    def complaints(self):
        """What stands in its console, network failures of pictures elsewhere aside."""
        entries = [e["params"]["entry"] for e in self.events if e.get("method") == "Log.entryAdded"]
        return [e["text"] for e in entries if e["source"] != "network"] + [
            e["params"]["type"] for e in self.events if e.get("method") == "Runtime.consoleAPICalled"]
