"""A terminal of a new user: from a fresh clone, or a built program, to a first paper of their own list.

tmux plays the terminal. DIURNA_TRANSCRIPT=FILE keeps the screens, with colours as escapes; of the way from
a clone, which takes as long as compiling does (make check-clone), DIURNA_FIRST_PAPER=FILE keeps what
doc/first-paper.md is: what was typed, what was seen, how long it took.
"""

import contextlib
import os
import re
import shutil
import subprocess
import tempfile
import time

import pytest

from diurna import PATIENCE_S, SOURCE, block, program, wait_until
from newsstand import Newsstand

LIST = """<opml version="2.0"><body>
<outline text="News"><outline text="Ledger" xmlUrl="http://continentalledger.example/feed.xml"/></outline>
<outline text="Science"><outline xmlUrl="http://fieldnotes.example/atom.xml"/></outline></body></opml>"""
NOBODY = 65534
COMPILE_S = 1800  # where the machine has much else to do


class Terminal:
    """tmux with one window; keys go in, the screen comes out."""

    def __init__(self, folder, env, columns=100, lines=34, user=()):
        self.socket = os.path.join(folder, "tmux")
        self.env = {**env, "TERM": "screen-256color", "HISTFILE": "/dev/null", "TMPDIR": "/tmp",
                    # The title of the window, which no screen shows: number of the command, status of the last.
                    "PS1": r"\[\e]2;\# $?\a\]$ "}
        self.env.pop("NO_COLOR")
        self.transcript = []  # screens, with escapes
        self.steps = []  # [(what was typed, seconds, what was seen)]
        self.user = user  # words before each program
        self.tmux("-f", "/dev/null", "new-session", "-d", "-x", str(columns), "-y", str(lines),
                  "env", "-C", folder, "bash", "--norc", "--noprofile", "-i")

    def tmux(self, *args):
        return subprocess.run([*self.user, "tmux", "-S", self.socket, *args], env=self.env, text=True, check=True,
                              stdout=subprocess.PIPE).stdout

    def screen(self, *more):
        return self.tmux("capture-pane", "-p", *more)

    def keys(self, text):
        self.tmux("send-keys", "-l", text)
        self.tmux("send-keys", "Enter")

    def prompt(self):
        """(number of the command that can be typed, exit status of the last); (0, 0) before the first prompt."""
        found = re.match(r"(\d+) (\d+)$", self.tmux("display-message", "-p", "#{pane_title}").strip())
        return (int(found[1]), int(found[2])) if found else (0, 0)

    def until(self, condition, what, timeout_s=PATIENCE_S):
        try:
            return wait_until(condition, what, timeout_s)
        except AssertionError:
            raise AssertionError("%s\n%s" % (what, self.screen())) from None

    def wait(self, pattern):
        """Until the screen shows it; kept in the transcript."""
        self.until(lambda: re.search(pattern, self.screen(), re.M), pattern)
        self.transcript.append(self.screen("-e").rstrip() + "\n")
        return self.screen()

    def start(self, command):
        """A command on a clean screen."""
        self.until(lambda: self.prompt()[0], "a prompt")
        self.tmux("send-keys", "C-l")
        self.until(lambda: self.screen().strip() == "$", "a clean screen")
        self.tmux("clear-history")
        self.before, self.command, self.started = self.prompt()[0], command, time.monotonic()
        self.keys(command)

    def finish(self, pattern=".", status=0, timeout_s=PATIENCE_S):
        """Until the command is done as it should be, and the screen shows the pattern."""
        self.until(lambda: self.prompt()[0] > self.before, self.command, timeout_s)
        spent = time.monotonic() - self.started
        self.wait(r"^\$ *\Z|" + pattern)
        seen = self.screen("-J", "-S", "-").rstrip().removesuffix("$").rstrip()
        seen = seen[max(seen.rfind("$ " + self.command), 0):]
        assert self.prompt()[1] == status and re.search(pattern, seen, re.M), seen
        self.steps.append((self.command, spent, seen))
        return seen

    def run(self, command, pattern=".", **more):
        self.start(command)
        return self.finish(pattern, **more)

    def close(self):
        subprocess.run([*self.user, "tmux", "-S", self.socket, "kill-server"], env=self.env, check=False,
                       stderr=subprocess.DEVNULL)


def reach_the_sites(web, config):
    """What only the bundled sites need: they are on loopback."""
    with open(config, "a", encoding="utf-8") as file:
        file.write(block("network", {"proxy": web.proxy, "allow": ["127.0.0.0/8"], "feed-gap": "0ms", "page-gap": "0ms"}))


def first_paper(terminal, web, config):
    """From a program that is there to a paper of mine.opml, and a look at it."""
    terminal.start("diurna init")
    terminal.wait(r"When shall the paper be there\? \[06:30\]")
    terminal.keys("7 o'clock")
    terminal.wait("is no time of day; 06:30 is one")
    terminal.keys("07:00")
    terminal.wait(r"Feeds: \[later\]")
    terminal.keys("mine.opml")
    terminal.wait("2 new, 0 known, 0 broken")
    terminal.wait(r"(Print a first newspaper|Start the service) now\? \[yes\]")
    terminal.keys("no")
    terminal.finish("prints a\n? ?first paper")
    reach_the_sites(web, config)
    terminal.run("diurna check", r"^ok +2 feeds")
    terminal.run("diurna digest --close", r"ok +\d+ new +http://fieldnotes")
    screen = terminal.run("diurna digest --section Science | head -20")
    assert "SCIENCE" in screen.upper()


def kept_as(variable, text):
    if os.environ.get(variable):
        with open(os.environ[variable], "w", encoding="utf-8") as file:
            file.write(text)


@pytest.fixture
def terminal(home):
    if not shutil.which("tmux"):
        pytest.skip("tmux is not there")
    Newsstand(home.web)
    home.config = home.path("paper", "diurna.conf")
    places = home.path("bin")
    os.mkdir(places)
    for name in ("diurna", "diurnad"):
        os.symlink(program(name), os.path.join(places, name))
    made = Terminal(home.directory, {**home.env, "DIURNA_CONFIG": home.config, "PAGER": "cat",
                                     "PATH": "%s:%s" % (places, os.environ["PATH"])})
    yield made
    made.close()


def test_a_first_paper_in_under_five_minutes(home, terminal):
    started = time.monotonic()
    with open(home.path("mine.opml"), "w", encoding="utf-8") as file:
        file.write(LIST)
    first_paper(terminal, home.web, home.config)
    assert time.monotonic() - started < 300
    # doc/first-paper.md is the same way, from a clone on.
    with open(os.path.join(SOURCE, "doc", "first-paper.md"), encoding="utf-8") as file:
        shown = re.findall(r"^\$ (.*?) +# \d+ s$", file.read(), re.M)
    assert BUILD in shown and shown[-len(terminal.steps):] == [command for command, _, _ in terminal.steps]
    screen = terminal.run("diurna feeds")
    assert "▁" in screen or "█" in screen
    assert max(len(line) for line in screen.splitlines()) <= 100
    terminal.run("diurna status", "no daemon runs", status=69)
    terminal.run("diurna query --limit 5")
    terminal.run("diurna log 1")
    terminal.run("diurna explain 1", "once and for all")
    terminal.run("diurna show 1", r"min$")
    kept_as("DIURNA_TRANSCRIPT", "\f".join(terminal.transcript))


# From the clone on

BUILD = 'CONFIGURE_ARGS="--prefix=$HOME/.local" ./bootstrap'


def missing_packages():
    """What ./bootstrap would install, which is nothing for a test to do."""
    text = open(os.path.join(SOURCE, "bootstrap"), encoding="utf-8").read()
    names = re.search(r'^build_packages="(.*?)"', text, re.M | re.S)[1].split()
    if not shutil.which("dpkg-query") or not shutil.which("apt-get"):
        return []
    found = subprocess.run(["dpkg-query", "-W", "-f", "${Package} ${db:Status-Status}\n", *names], text=True,
                           stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout.splitlines()
    return [name for name in names if name + " installed" not in found]


@pytest.fixture
def newcomer(home):
    """A terminal of a person who has nothing, who is not root, and a repository to clone."""
    if not os.environ.get("DIURNA_TEST_CLONE"):
        pytest.skip("it compiles everything: make check-clone")
    for tool in ("tmux", "git", "cc", "autoreconf", "setpriv"):
        if not shutil.which(tool):
            pytest.skip("%s is not there" % tool)
    if subprocess.run(["git", "-C", SOURCE, "rev-parse", "HEAD"], stdout=subprocess.DEVNULL,
                      stderr=subprocess.DEVNULL).returncode:
        pytest.skip("the source is no clone of git")
    if missing_packages():
        pytest.skip("not installed: %s" % " ".join(missing_packages()))
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="diurna-person."))
        person = os.path.join(folder, "me")
        os.mkdir(person)
        subprocess.run(["git", "-c", "safe.directory=*", "clone", "-q", "--bare", SOURCE,
                        os.path.join(folder, "diurna.git")], check=True)
        with open(os.path.join(person, ".gitconfig"), "w", encoding="utf-8") as file:
            file.write('[safe]\n\tdirectory = *\n[url "%s/"]\n\tinsteadOf = https://diurna.example/\n' % folder)
        with open(os.path.join(person, "mine.opml"), "w", encoding="utf-8") as file:
            file.write(LIST)
        user = ()
        if os.geteuid() == 0:
            subprocess.run(["chown", "-R", "%d:%d" % (NOBODY, NOBODY), folder], check=True)
            user = ("setpriv", "--reuid=%d" % NOBODY, "--regid=%d" % NOBODY, "--clear-groups")
        env = {k: v for k, v in home.env.items() if not k.startswith(("XDG_", "DIURNA_", "MAKE", "MFLAGS", "DBUS_"))}
        env.update(HOME=person, PAGER="cat", USER="me", LOGNAME="me")
        Newsstand(home.web)
        terminal = Terminal(person, env, user=user)
        stack.callback(terminal.close)
        yield terminal


LINES_MAX = 24  # that a step shows


def written(steps, home):
    """The steps as a page of the documentation."""
    text = ["# From a clone to a first paper", "",
            "What a person sees who has nothing but a list of feeds: what is typed stands behind a `$`, and beside it",
            "how many seconds it took. This page is made by a test with a terminal, `make check-clone`, on a machine with",
            "%d processors; the feeds are those of the bundled sample sites. In all: %d seconds." % (
                os.cpu_count(), sum(spent for _, spent, _ in steps)), ""]
    for command, spent, seen in steps:
        lines = [line.rstrip() for line in seen.replace(home, "~").splitlines()]
        if len(lines) > LINES_MAX:
            lines[6:-4] = ["  … %d lines more" % len(lines[6:-4])]
        lines[0] = "%-78s # %.0f s" % (lines[0], spent)
        text += ["```text", *lines, "```", ""]
    return "\n".join(text).rstrip() + "\n"


def test_a_fresh_clone_becomes_a_first_paper_in_under_five_minutes(home, newcomer):
    newcomer.run("git clone https://diurna.example/diurna.git", "Cloning into", timeout_s=COMPILE_S)
    newcomer.run("cd diurna", r"\$ cd diurna")
    newcomer.run(BUILD, r"install it in \S+/\.local: make -C build install$", timeout_s=COMPILE_S)
    newcomer.run("make -C build install >install.log && cd", timeout_s=COMPILE_S)
    newcomer.run('PATH="$HOME/.local/bin:$PATH"')
    first_paper(newcomer, home.web, os.path.join(newcomer.env["HOME"], ".config", "diurna", "diurna.conf"))
    kept_as("DIURNA_FIRST_PAPER", written(newcomer.steps, newcomer.env["HOME"]))
    kept_as("DIURNA_TRANSCRIPT", "\f".join(newcomer.transcript))
    assert sum(spent for _, spent, _ in newcomer.steps) < 300
