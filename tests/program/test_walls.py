"""The daemon's walls: what they leave open, what they keep out, and what is said of it."""

import os
import re
import shutil
import signal

import subprocess
import tempfile

import pytest

from diurna import program, wait_until
from press import Press


OLD = {"max-first": 10000, "max-age": "36500d"}


@pytest.fixture
def press(web):
    return Press(web, 4, 3)


@pytest.fixture
def elsewhere():
    """A folder that nothing of a home is in."""
    with tempfile.TemporaryDirectory(prefix="dw.") as folder:
        yield folder


def configure(home, press, digest={}, **options):
    home.configure({"All": press.feeds}, poll={"jitter": False}, digest={**OLD, **digest}, **options)


def has_walls(daemon):
    if "Landlock" not in daemon.wait_for("confined: ") or daemon.said("confined: no"):
        pytest.skip("this kernel or this build has no Landlock")


@pytest.mark.parametrize("is_link", [False, True], ids=["relative", "link"])
def test_the_configuration_can_be_read(home, is_link):
    """By the publisher: by its name alone, and by a link to it, as those have who keep such files together."""
    home.configure({"Europe": []}, digest={"empty": True})
    with tempfile.TemporaryDirectory(prefix="dc.") as folder:
        shutil.move(home.config, os.path.join(folder, "diurna.conf"))
        if is_link:
            os.symlink(os.path.join(folder, "diurna.conf"), home.config)
        done = subprocess.run([program("diurnad"), "--config", home.config if is_link else "diurna.conf", "--once",
                               "--edition"], env=home.env, cwd=folder, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 0, done.stderr
    assert home.digest_files("index.html")


def test_the_status_tells_of_the_walls(home, press):
    configure(home, press)
    daemon = home.start()
    daemon.wait_for("confined: ")
    said = daemon.said("confined: ").split("confined: ")[1]
    assert re.search("confined +" + re.escape(said), home.diurna("status").stdout)
    assert daemon.stop() == 0
    configure(home, press, top={"confine": False})
    daemon = home.start()
    daemon.wait_for("confined: not at all: the configuration wants none")
    assert daemon.stop() == 0


def test_a_reload_that_needs_more_is_told_of_the_walls(home, press, elsewhere):
    configure(home, press)
    daemon = home.start()
    has_walls(daemon)
    path = os.path.join(elsewhere, "list.opml")
    with open(path, "w", encoding="ascii") as file:
        file.write('<opml version="2.0"><body><outline xmlUrl="%s"/></body></opml>' % press.feeds[0])
    pattern = "reload: %s is outside of what the daemon has left itself; open after a restart" % elsewhere

    def count(words):
        return sum(bool(re.search(words, line)) for line in list(daemon.lines))
    for n in range(1, 3):  # what was loaded before changes nothing
        configure(home, press, top={"subscriptions": path})
        daemon.signal(signal.SIGHUP)
        wait_until(lambda: count("a subscription list has mistakes; the old ones stay") == n, "a refusal")
        assert count(pattern) == n
        configure(home, press)
        daemon.signal(signal.SIGHUP)
        wait_until(lambda: count("reloaded: 4 feeds") == n, "a reload")
    # What is inside is nobody's concern.
    configure(home, press, top={"subscriptions": home.path("list.opml")}, digest={"style": "/etc/passwd"})
    shutil.copy(path, home.path("list.opml"))
    daemon.signal(signal.SIGHUP)
    wait_until(lambda: count("reloaded: ") == 3, "the last reload")
    assert count("outside of what") == 2, daemon.log
    assert daemon.stop() == 0


def test_digests_whose_folder_was_made_anew(home, press, elsewhere):
    folder = os.path.join(elsewhere, "paper")
    os.mkdir(folder)
    configure(home, press, digest={"directory": folder})
    daemon = home.start()
    has_walls(daemon)
    wait_until(lambda: len(home.texts()) == len(press.texts), "all items")
    os.rmdir(folder)
    os.mkdir(folder)
    done = home.diurna("digest", "--close")
    assert done.returncode == 1 and "is closed, but not all of it is written" in done.stderr
    daemon.wait_for("%s is not the folder that was there at the start; .* after a restart" % folder)
    assert daemon.stop() == 0
    daemon = home.start()
    wait_until(lambda: os.path.exists(os.path.join(folder, "latest", "index.html")), "the edition")
    assert daemon.stop() == 0


def test_a_home_stays_closed_though_digests_go_there(home, press, elsewhere):
    """A folder in it that is not there yet is made, instead of opening all around it."""
    script = home.path("parse")
    with open(script, "w", encoding="utf-8") as file:
        file.write('#!/bin/sh\ntouch "{0}/news/paper/inside"; touch "{0}/outside"\nexec "{1}" "$@"\n'.format(
            elsewhere, shutil.copy(program("diurna-parse"), home.path("diurna-parse"))))
    os.chmod(script, 0o755)
    configure(home, press, digest={"directory": os.path.join(elsewhere, "news", "paper")})
    daemon = home.start(env={"HOME": elsewhere, "DIURNA_PARSE": script})
    has_walls(daemon)
    wait_until(lambda: len(home.texts()) == len(press.texts), "all items")
    assert os.path.exists(os.path.join(elsewhere, "news", "paper", "inside"))
    assert os.listdir(elsewhere) == ["news"]
    assert daemon.stop() == 0
