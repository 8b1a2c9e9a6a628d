"""diurna's programs for whole-program tests: a home with a configuration, a daemon, commands.

The programs are those of DIURNA_BUILD_DIR, else of build/, else of the source's own folder.
"""

import contextlib
import fcntl
import os
import pty
import re
import signal
import sqlite3
import struct
import subprocess
import termios
import threading
import time

TESTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SOURCE = os.path.dirname(TESTS)
# The sanitizers and a busy machine make everything slower; nothing waits this long in peace.
PATIENCE_S = float(os.environ.get("DIURNA_TEST_PATIENCE", "60"))


def build_dir():
    named = os.environ.get("DIURNA_BUILD_DIR")
    places = [named] if named else [os.path.join(SOURCE, "build"), SOURCE]
    for place in places:
        if os.path.exists(os.path.join(place, "src", "diurna")):
            return os.path.abspath(place)
    raise FileNotFoundError("no built diurna in " + ", ".join(places))


def program(name):
    """Where a program is; diurnad lies in the folder of its own name."""
    path = os.path.join(build_dir(), "src", name)
    return os.path.join(path, name) if os.path.isdir(path) else path


def wait_until(condition, what, timeout_s=PATIENCE_S):
    """Look often until condition() is true and return what it said; fail after the time."""
    until = time.monotonic() + timeout_s
    while True:
        found = condition()
        if found:
            return found
        if time.monotonic() > until:
            raise AssertionError("in %g s not seen: %s" % (timeout_s, what))
        time.sleep(0.02)


def value(v):
    """A value as libconfuse reads it."""
    if isinstance(v, bool):
        return "true" if v else "false"
    if isinstance(v, (list, tuple)):
        return "{%s}" % ", ".join(value(x) for x in v)
    return str(v) if isinstance(v, (int, float)) else '"%s"' % v.replace("\\", "\\\\").replace('"', '\\"')


def integrity(db):
    """What SQLite finds wrong in a store: [] is nothing.

    From 3.44 on it asks the full-text indexes too, which want a tokenizer that only our programs have:
    table by table then, where those are left out.
    """
    try:
        lines = [row[0] for row in db.execute("PRAGMA integrity_check")]
    except sqlite3.OperationalError as error:
        if "no such tokenizer" not in str(error):
            raise
        tables = db.execute("SELECT name FROM sqlite_master WHERE type = 'table' "
                            "AND sql NOT LIKE 'CREATE VIRTUAL TABLE%'").fetchall()
        lines = [row[0] for name, in tables for row in db.execute('PRAGMA integrity_check("%s")' % name)]
    return [line for line in lines if line != "ok"]


def block(head, options):
    return "%s {\n%s}\n" % (head, "".join("\t%s = %s\n" % (k, value(v)) for k, v in options.items()))


# Nobody is to be spared but the sites of a test: no gap between two requests.
SWIFT = {"feed-gap": "0ms", "page-gap": "0ms"}


def configuration(directory, sections, proxy=None, digest={}, network={}, poll={}, top={}):
    """The text of a configuration whose store, socket and digests are in directory.

    The hour of its editions has just passed: no test meets it by chance, whatever the time of day.
    """
    at = time.strftime("%H:%M", time.gmtime(time.time() - 60))
    network = {"allow": ["127.0.0.0/8"], **SWIFT, **({"proxy": proxy} if proxy else {}), **network}
    blocks = [
        "".join("%s = %s\n" % (k, value(v)) for k, v in
                {"control": os.path.join(directory, "control"), **top}.items()),
        block("store", {"path": os.path.join(directory, "store.db")}),
        block("digest", {"directory": os.path.join(directory, "digests"), "at": at,
                         "timezone": "UTC", "formats": ["html", "markdown"], **digest}),
        block("network", network),
    ]
    if poll:
        blocks.append(block("poll", poll))
    blocks += [block('section "%s"' % title, {"feeds": feeds}) for title, feeds in sections.items()]
    return "\n".join(blocks)


def _processes():
    """Number and command line of every process."""
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open("/proc/%s/cmdline" % name, encoding="utf-8", errors="replace") as file:
                    yield int(name), file.read().replace("\0", " ")
            except OSError:
                continue


class Daemon:
    """A running diurnad and what it has said."""

    def __init__(self, process):
        self.process = process
        self.lines = []
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        for line in self.process.stderr:
            self.lines.append(line.rstrip("\n"))

    @property
    def log(self):
        return "\n".join(self.lines)

    def said(self, pattern):
        return next((line for line in list(self.lines) if re.search(pattern, line)), None)

    def wait_for(self, pattern, timeout_s=PATIENCE_S):
        """The first line of the log that matches."""
        def look():
            if self.process.poll() is not None:
                self.reader.join(5)
                assert self.said(pattern), "diurnad ended (%s) before it said %r:\n%s" % (
                    self.process.returncode, pattern, self.log)
            return self.said(pattern)
        try:
            return wait_until(look, pattern, timeout_s)
        except AssertionError as failure:
            raise AssertionError("%s\n%s" % (failure, self.log)) from None

    def signal(self, number):
        self.process.send_signal(number)

    def wait(self, timeout_s=PATIENCE_S):
        code = self.process.wait(timeout_s)
        self.reader.join(5)
        return code

    def stop(self):
        """SIGTERM, and its exit code."""
        if self.process.poll() is None:
            self.process.terminate()
        return self.wait()

    def kill(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
        return self.wait()


class Home:
    """A folder of its own with a configuration, a store and digests."""

    def __init__(self, directory, web=None):
        self.directory = str(directory)
        self.web = web
        self.config = self.path("diurna.conf")
        self.store = self.path("store.db")
        self.digests = self.path("digests")
        self.clock = None
        self.daemons = []

    def path(self, *names):
        return os.path.join(self.directory, *names)

    def configure(self, sections, **more):
        """Write the configuration; the keywords are those of configuration()."""
        if self.web:
            more.setdefault("proxy", self.web.proxy)
        self.write_config(configuration(self.directory, sections, **more))

    def write_config(self, text):
        with open(self.config, "w", encoding="utf-8") as file:
            file.write(text)

    def set_clock(self, said):
        """Simulate the time: epoch seconds, or "+N" for N seconds after the true time."""
        self.clock = self.path("clock")
        with open(self.clock + ".new", "w", encoding="ascii") as file:
            file.write("%s\n" % said)
        os.replace(self.clock + ".new", self.clock)

    @property
    def env(self):
        env = {k: v for k, v in os.environ.items()
               if not k.startswith("DIURNA_") and not k.lower().endswith("_proxy")
               and k not in ("NOTIFY_SOCKET", "JOURNAL_STREAM", "WATCHDOG_USEC")}
        env.update(HOME=self.directory, LC_ALL="C.UTF-8", NO_COLOR="1", DIURNA_CONFIG=self.config,
                   DIURNA_PARSE=program("diurna-parse"))
        if self.clock:
            env["DIURNA_CLOCK"] = self.clock
        return env

    def run(self, name, *args, timeout_s=PATIENCE_S, input=None):
        return subprocess.run([program(name), *args], env=self.env, cwd=self.directory, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=timeout_s,
                              input=input, stdin=None if input is not None else subprocess.DEVNULL)

    def diurna(self, *args, **more):
        return self.run("diurna", "--config", self.config, *args, **more)

    def on_a_terminal(self, *args, columns=80, env={}):
        """What a terminal of so many columns shows of diurna; no pager, no colours but by env."""
        try:
            shown, tty = pty.openpty()
        except OSError:
            import pytest  # here: the demo uses this file, and runs without it
            pytest.skip("no terminals can be made here")  # a chroot without /dev/pts
        fcntl.ioctl(tty, termios.TIOCSWINSZ, struct.pack("HHHH", 30, columns, 0, 0))
        process = subprocess.Popen([program("diurna"), "--config", self.config, *args], stdin=tty, stdout=tty,
                                   stderr=tty, env={**self.env, "TERM": "xterm", "PAGER": "cat", **env})
        os.close(tty)
        text = b""
        try:
            while True:
                text += os.read(shown, 4096)
        except OSError:
            pass  # the other end is closed
        process.wait(PATIENCE_S)
        os.close(shown)
        return text.decode().replace("\r\n", "\n")

    def diurnad(self, *args, **more):
        """The daemon until it ends by itself."""
        return self.run("diurnad", "--config", self.config, *args, **more)

    def once(self, *args, **more):
        """One round of polls and articles, which must succeed."""
        done = self.diurnad("--once", *args, **more)
        assert done.returncode == 0, done.stderr
        return done

    def start(self, *args, env={}):
        """The daemon in the foreground; the fixture ends it."""
        process = subprocess.Popen(
            [program("diurnad"), "--config", self.config, "--foreground", *args],
            env={**self.env, **env}, cwd=self.directory, text=True, errors="replace",
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        daemon = Daemon(process)
        self.daemons.append(daemon)
        return daemon

    def sql(self, query, *values):
        """Rows of the store, read as a person's own SQL would."""
        db = sqlite3.connect("file:%s?mode=ro" % self.store, uri=True, timeout=10)
        try:
            return db.execute(query, values).fetchall()
        finally:
            db.close()

    def integrity(self):
        """What SQLite finds wrong in the store: [] is nothing."""
        with contextlib.closing(sqlite3.connect("file:%s?mode=ro" % self.store, uri=True, timeout=10)) as db:
            return integrity(db)

    def digest_files(self, ending=""):
        """Paths of the files under the digest directory, relative to it; links not followed."""
        found = []
        for folder, _, names in os.walk(self.digests):
            found += [os.path.relpath(os.path.join(folder, n), self.digests) for n in names]
        return sorted(f for f in found if f.endswith(ending))

    def texts(self):
        """The texts of all items that there are, one each."""
        return [text for text, in self.sql(
            "SELECT text FROM v_item WHERE text IS NOT NULL ORDER BY id")]

    def temporary_files(self):
        """What is in the digest directory and should have been renamed or removed."""
        return [f for f in self.digest_files() if re.search(r"tmp|~$|/\.|^\.", f)]

    def running(self, word):
        """Processes with that word and this configuration in their command line."""
        return [pid for pid, line in _processes() if word in line and self.config in line]

    @staticmethod
    def children(daemon, name):
        """Children of that daemon with that name."""
        found = []
        for pid, line in _processes():
            try:
                with open("/proc/%d/stat" % pid, encoding="ascii", errors="replace") as file:
                    parent = int(file.read().rpartition(")")[2].split()[1])
            except OSError:
                continue
            if parent == daemon.process.pid and name in line:
                found.append(pid)
        return found

    def close(self):
        for daemon in self.daemons:
            daemon.kill()
