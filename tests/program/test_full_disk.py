"""A file system of digests that is really full, or really read-only: what was there stays whole."""

import os
import subprocess

import pytest

from diurna import wait_until
from press import Press
from sites import Page

FORMATS = ["html", "markdown", "text", "json", "atom", "epub"]


@pytest.fixture
def press(web):
    return Press(web, 3, 4)


@pytest.fixture
def disk(home):
    """The folder of digests on a small file system of its own."""
    os.makedirs(home.digests)
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m,mode=755", "none", home.digests], text=True,
                          capture_output=True, check=False) if os.geteuid() == 0 else None
    if not done or done.returncode != 0:
        pytest.skip("file systems can be mounted by root only" if not done else done.stderr.strip())
    yield home.digests
    subprocess.run(["mount", "-o", "remount,rw", home.digests], check=False)
    subprocess.run(["umount", "-l", home.digests], check=True)


def configure(home, press):
    home.configure({"All": press.feeds}, poll={"jitter": False},
                   digest={"max-first": 10000, "max-age": "36500d", "formats": FORMATS, "at": "06:00",
                           "timezone": "UTC"})


def files(folder):
    found = {}
    for directory, _, names in os.walk(folder):
        for name in names:
            with open(os.path.join(directory, name), "rb") as file:
                found[os.path.relpath(os.path.join(directory, name), folder)] = file.read()
    return found


def fill(disk, left):
    """All but so many bytes of it."""
    room = os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize
    with open(os.path.join(disk, "filler"), "wb") as file:
        file.write(bytes(room - left))


def news(web):
    """Something for the next edition, at one of the sites."""
    words = "The lamp on the pier was lit again, and everybody came to see it burn. " * 400
    feed = ("<rss version='2.0'><channel><title>Lamps</title><item><title>The lamp is lit</title>"
            "<guid>lamp</guid><description>%s</description></item></channel></rss>" % words)
    web.put("press00.example", "/feed", Page(feed.encode(), "application/rss+xml"))


@pytest.mark.parametrize("left", [0, 24 << 10, 160 << 10])
def test_a_full_disk(home, web, press, disk, left):
    """Whether nothing has room, only the book has, or the pages have and what leads to them has not."""
    home.set_clock(1790000000)  # 2026-09-21, 14:13
    configure(home, press)
    home.once("--edition")
    before = files(disk)
    assert os.readlink(os.path.join(disk, "latest")) == "2026-09-21"
    fill(disk, left)
    news(web)
    home.set_clock(1790000000 + 86400)
    daemon = home.start()
    daemon.wait_for("edition [0-9]+: not all written, next try in")
    assert daemon.said("No space left on device")
    after = files(disk)
    assert not [name for name in after if name.endswith(".new")]
    is_out = os.readlink(os.path.join(disk, "latest")) == "2026-09-22"
    assert is_out == ("2026-09-22/all.html" in after and "2026-09-22/index.html" in after)
    for name, data in before.items():
        if name.startswith("2026-09-21/") and not is_out:
            assert after[name] == data, name
        assert after[name].rstrip()[-8:] == data.rstrip()[-8:], "whole: " + name
    # There is room: the next try is the whole paper.
    os.remove(os.path.join(disk, "filler"))
    home.set_clock(1790000000 + 86400 + 7200)
    wait_until(lambda: home.sql("SELECT count(*) FROM edition WHERE published_at > 0") == [(2,)], "the next try")
    assert daemon.stop() == 0
    done = files(disk)
    for ending in ("html", "md", "txt", "json", "atom"):
        assert b"The lamp is lit" in done["2026-09-22/all." + ending]
    assert b"The lamp is lit" in done["2026-09-22/index.html"]
    assert b'rel="next"' in done["2026-09-21/all.html"]
    assert os.readlink(os.path.join(disk, "latest")) == "2026-09-22"
    for name, data in before.items():
        if name.startswith("2026-09-21/") and not name.endswith(".html"):
            assert done[name] == data, name


def test_a_file_system_that_became_read_only(home, web, press, disk):
    home.set_clock(1790000000)
    configure(home, press)
    home.once("--edition")
    before = files(disk)
    subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
    news(web)
    home.set_clock(1790000000 + 86400)
    done = home.diurnad("--once", "--force", "--edition")
    assert done.returncode == 74 and "Read-only file system" in done.stderr, done.stderr
    assert files(disk) == before
    subprocess.run(["mount", "-o", "remount,rw", disk], check=True)
    home.once()
    assert b"The lamp is lit" in files(disk)["2026-09-22/all.html"]
