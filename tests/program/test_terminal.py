"""A terminal of a new user: from a built program to a first paper of their own list.

tmux plays the terminal. What is typed and what is seen then is kept as a transcript in
DIURNA_TRANSCRIPT=FILE, with colours as escapes.
"""

import os
import re
import shutil
import subprocess
import time

import pytest

from diurna import PATIENCE_S, block, program, wait_until
from newsstand import Newsstand

LIST = """<opml version="2.0"><body>
<outline text="News"><outline text="Ledger" xmlUrl="http://continentalledger.example/feed.xml"/></outline>
<outline text="Science"><outline xmlUrl="http://fieldnotes.example/atom.xml"/></outline></body></opml>"""


class Terminal:
    """tmux with one window; keys go in, the screen comes out."""

    def __init__(self, home, columns=100, lines=34):
        self.socket = home.path("tmux")
        self.env = {**home.env, "TERM": "screen-256color", "PS1": "$ ", "HISTFILE": "/dev/null", "TMPDIR": "/tmp"}
        self.env.pop("NO_COLOR")
        self.transcript = []
        self.tmux("-f", "/dev/null", "new-session", "-d", "-x", str(columns), "-y", str(lines),
                  "env", "-C", home.directory, "bash", "--norc", "--noprofile", "-i")

    def tmux(self, *args):
        return subprocess.run(["tmux", "-S", self.socket, *args], env=self.env, text=True, check=True,
                              stdout=subprocess.PIPE).stdout

    def screen(self, *more):
        return self.tmux("capture-pane", "-p", *more)

    def keys(self, text):
        self.tmux("send-keys", "-l", text)
        self.tmux("send-keys", "Enter")

    def wait(self, pattern):
        """Until the screen shows it; kept in the transcript."""
        try:
            wait_until(lambda: re.search(pattern, self.screen(), re.M), pattern, PATIENCE_S)
        except AssertionError:
            raise AssertionError("%s\n%s" % (pattern, self.screen())) from None
        self.transcript.append(self.screen("-e").rstrip() + "\n")
        return self.screen()

    def run(self, command, pattern):
        """A command on a clean screen, until it is done and the screen shows the pattern."""
        self.tmux("send-keys", "C-l")
        self.keys(command + "; echo done $?")
        self.wait(r"^done \d+$")
        return self.wait(pattern)

    def close(self):
        subprocess.run(["tmux", "-S", self.socket, "kill-server"], env=self.env, check=False,
                       stderr=subprocess.DEVNULL)


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
    made = Terminal(home)
    made.keys("PATH=%s:$PATH; export PAGER=cat" % places)
    yield made
    made.close()


def test_a_first_paper_in_under_five_minutes(home, terminal):
    started = time.monotonic()
    with open(home.path("mine.opml"), "w", encoding="utf-8") as file:
        file.write(LIST)
    terminal.keys("clear; diurna init")
    terminal.wait(r"When shall the paper be there\? \[06:30\]")
    terminal.keys("7 o'clock")
    terminal.wait("is no time of day; 06:30 is one")
    terminal.keys("07:00")
    terminal.wait(r"Feeds: \[later\]")
    terminal.keys("mine.opml")
    terminal.wait("2 new, 0 known, 0 broken")
    terminal.wait(r"Print a first newspaper now\? \[yes\]")
    terminal.keys("no")
    terminal.wait("prints a first paper")
    # What only the bundled sites need: they are on loopback.
    with open(home.config, "a", encoding="utf-8") as file:
        file.write(block("network", {"proxy": home.web.proxy, "allow": ["127.0.0.0/8"], "feed-gap": "0ms",
                                     "page-gap": "0ms"}))
    terminal.run("diurna check", r"^ok +2 feeds")
    terminal.run("diurna digest --close", r"ok +\d+ new +http://fieldnotes")
    screen = terminal.run("diurna digest --section Science | head -20", "^done 0")
    assert "SCIENCE" in screen.upper()
    assert time.monotonic() - started < 300
    screen = terminal.run("diurna feeds", "^done 0")
    assert "▁" in screen or "█" in screen
    assert max(len(line) for line in screen.splitlines()) <= 100
    terminal.run("diurna status", "no daemon runs")
    terminal.run("diurna query --limit 5", "^done 0")
    terminal.run("diurna log 1", "^done 0")
    terminal.run("diurna explain 1", "once and for all")
    terminal.run("diurna show 1", r"min$")
    kept = os.environ.get("DIURNA_TRANSCRIPT")
    if kept:
        with open(kept, "w", encoding="utf-8") as file:
            file.write("\f".join(terminal.transcript))
