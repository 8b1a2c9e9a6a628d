"""A call fails, or the program ends there, or the power does: what is stored is whole.

Each test walks over the calls that a round of polls and its edition make, some of them in the
short form, all with DIURNA_TEST_RUNS=all (make check-faults).
"""

import os
import random
import signal
import sqlite3
import subprocess
import time

import pytest

import faults
from diurna import SOURCE, Home, integrity, program, wait_until
from faults import DISK, FAIL, KILL_AFTER, KILL_BEFORE, SHORT, Disk, Faults, changes, spread
from press import Press, contents

RUNS = os.environ.get("DIURNA_TEST_RUNS", "")
NEXT_DAY = "+90000"

pytestmark = pytest.mark.skipif(not faults.preloaded(), reason="the library that makes calls fail is not built")


def wanted(short):
    """How many of all possible runs are made."""
    return 10**9 if RUNS == "all" else int(RUNS or short)


class Stage:
    """A web, a home that nothing happened to, and homes to come."""

    def __init__(self, tmp_path, web):
        self.tmp_path, self.web = tmp_path, web
        self.checked = 0  # faults that were made and after which all was looked at
        self.press = Press(web, 3, 3)
        self.calm = self.home("calm")
        self.calm.once("--edition")
        self.wanted = contents(self.calm)
        assert len(self.wanted["texts"]) == len(self.press.texts)

    def home(self, name):
        home = Home(faults.fresh(str(self.tmp_path / name)), self.web)
        home.configure({"All": self.press.feeds}, poll={"jitter": False}, top={"parsers": 1},
                       digest={"max-first": 10000, "max-age": "36500d"})
        return home

    def run(self, home, fault):
        """A round and an edition with a fault; how it ended and what it said."""
        return subprocess.run([program("diurnad"), "--config", home.config, "--once", "--edition"],
                              env={**home.env, **fault.env}, cwd=home.directory, text=True, errors="replace",
                              stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                              timeout=120)

    def count(self, kinds):
        home = self.home("count")
        fault = Faults(home, kinds)
        done = self.run(home, fault)
        assert done.returncode == 0, done.stderr
        assert fault.count > 0
        return fault.count

    def check_after(self, home, where, has_texts=True):
        """After one more round everything is as if nothing had happened."""
        wait_until(lambda: not home.running("--publish"), "the end of a publisher left alone")
        home.set_clock(NEXT_DAY)
        home.once("--force", "--edition")
        found = contents(home)
        if not has_texts:  # a page that could not be asked for is replaced by the feed's words
            found, expected = dict(found), dict(self.wanted)
            for side in (found, expected):
                del side["texts"]
        else:
            expected = self.wanted
        assert found == expected, where
        self.check_whole(home, where)
        self.checked += 1

    def check_whole(self, home, where):
        assert home.integrity() == [], where
        assert home.sql("PRAGMA foreign_key_check") == [], where
        assert home.temporary_files() == [], where
        items = home.sql("SELECT count(*), count(DISTINCT item_id) FROM edition_item")
        assert items == [(len(self.press.texts),) * 2], where
        assert home.sql("SELECT count(*) FROM edition WHERE published_at = 0") == [(0,)], where
        printed = []
        for name, in home.sql("SELECT name FROM edition"):
            with open(home.path("digests", name, "all.md"), encoding="utf-8") as file:
                printed += [line for line in file if line.startswith("#")]
        for title, _ in self.press.texts:
            assert sum(title in line for line in printed) == 1, (where, title)


@pytest.fixture
def stage(tmp_path, web, request):
    made = Stage(tmp_path, web)
    yield made
    counts = os.environ.get("DIURNA_TEST_COUNTS")
    if counts:
        with open(counts, "a", encoding="utf-8") as file:
            file.write("%s: %d times\n" % (request.node.name, made.checked))


def says_why(done):
    """It ended well, or said in a sentence why not; it did not crash."""
    assert done.returncode >= 0, (done.returncode, done.stderr)
    assert done.returncode == 0 or "err" in done.stderr or "warning" in done.stderr, done


def choose(count, ways, short):
    """Pairs of a call's number and a way to fail: all of them, or some."""
    pairs = [(n, way) for n in range(1, count + 1) for way in ways]
    return [pairs[k - 1] for k in spread(len(pairs), wanted(short))]


def test_calls_to_the_disk_fail(stage):
    for n, (action, error) in choose(stage.count(DISK), [(FAIL, "ENOSPC"), (FAIL, "EIO"), (SHORT, "EIO")], 6):
        home = stage.home("run")
        fault = Faults(home, DISK)
        fault.set(n, action, error)
        done = stage.run(home, fault)
        assert fault.hits == 1 or fault.count < n
        says_why(done)
        stage.check_after(home, (n, error, done.stderr))


def test_it_ends_at_a_call_to_the_disk(stage):
    for n, action in choose(stage.count(DISK), [KILL_BEFORE, KILL_AFTER], 6):
        home = stage.home("run")
        fault = Faults(home, DISK)
        fault.set(n, action)
        done = stage.run(home, fault)
        # 74: it was the publisher that ended.
        assert done.returncode in (-signal.SIGKILL, 74) or fault.count < n, (n, done.stderr)
        stage.check_after(home, (n, action, done.stderr))


@pytest.mark.parametrize("kind,error", [("spawn", "EAGAIN"), ("send", "EIO"), ("socket", "EMFILE")])
def test_calls_to_the_rest_of_the_world(stage, kind, error):
    for n in spread(stage.count([kind]), wanted(2)):
        home = stage.home("run")
        fault = Faults(home, [kind])
        fault.set(n, FAIL, error)
        done = stage.run(home, fault)
        says_why(done)
        assert done.returncode or home.sql("SELECT count(*) FROM edition WHERE published_at = 0") == [(0,)], n
        stage.check_after(home, n, has_texts=False)


@pytest.mark.parametrize("error", ["ENOSPC", "EDQUOT", "EROFS"])
def test_a_disk_that_takes_nothing_for_a_while(stage, error):
    """Full, a quota that is used up, or read-only, as a kernel makes it after an error of the disk."""
    for n in spread(stage.count(DISK), wanted(2)):
        home = stage.home("run")
        fault = Faults(home, DISK)
        fault.set(n, FAIL, error, last=faults.NEVER)
        process = subprocess.Popen([program("diurnad"), "--config", home.config, "--once", "--edition"],
                                   env={**home.env, **fault.env}, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, errors="replace")
        until = time.monotonic() + 0.5
        while process.poll() is None and time.monotonic() < until:
            time.sleep(0.02)
        fault.over()
        said = process.communicate(timeout=120)[1]
        says_why(subprocess.CompletedProcess([], process.returncode, None, said))
        stage.check_after(home, (n, said))


def digest_versions(disk, home):
    """Every content that a digest ever had whole, by its path within the home."""
    return {os.path.relpath(p, home.directory): v for p, v in disk.whole.items()}


def check_survivors(home, whole, entries, where):
    """What a power failure left: an intact store that kept its promises, no half digest."""
    if os.path.exists(home.store) and os.path.getsize(home.store):
        db = sqlite3.connect(home.store)
        try:
            assert integrity(db) == [], where
            assert db.execute("PRAGMA foreign_key_check").fetchall() == [], where
            if db.execute("SELECT count(*) FROM sqlite_schema WHERE name = 'feed'").fetchone()[0]:
                for url, seen in db.execute(
                        "SELECT url, (SELECT count(*) FROM sighting WHERE feed_id = feed.id) FROM feed "
                        "WHERE etag IS NOT NULL OR last_modified IS NOT NULL"):
                    assert seen == entries, (where, url)
                names = db.execute("SELECT name FROM edition WHERE published_at > 0").fetchall()
                for name, in names:
                    assert os.path.exists(home.path("digests", name, "index.html")), where
                assert db.execute("SELECT count(*), count(DISTINCT canonical) FROM item").fetchone() in [
                    (n, n) for n in range(100)], where
        finally:
            db.close()
    for name in home.digest_files():
        path = os.path.join("digests", name)
        if os.path.islink(home.path(path)):
            assert os.path.exists(home.path(path, "index.html")), (where, name)
        elif not os.path.basename(name).startswith("."):
            with open(home.path(path), "rb") as file:
                assert file.read() in whole[path], (where, name)


def test_the_power_fails(stage):
    home = stage.home("recorded")
    fault = Faults(home, DISK, is_recorded=True)
    done = stage.run(home, fault)
    assert done.returncode == 0, done.stderr
    disk = Disk(home.directory)
    record = list(changes(fault.record))
    for change in record:
        disk.apply(*change)
    whole = digest_versions(disk, home)
    assert any(path.endswith("all.md") for path in whole)
    assert len(record) > 100

    moments = spread(len(record), wanted(40))
    deep = moments[::max(1, len(moments) // wanted(3))]
    disk = Disk(home.directory)
    for n, change in enumerate(record, 1):
        disk.apply(*change)
        if n not in moments:
            continue
        for seed in (None, n, -n):
            chance = None if seed is None else random.Random(seed)
            left = stage.home("left")
            disk.restore(left.directory, chance)
            check_survivors(left, whole, 3, (n, seed))
            stage.checked += 1
            if n in deep and seed != -n:
                stage.check_after(left, (n, seed))


def old_store(stage, name):
    """A home with a store of version 1 and nobody to ask."""
    home = stage.home(name)
    home.set_clock("2000000000")
    home.configure({})
    with open(os.path.join(SOURCE, "tests", "store", "version-1.sql"), encoding="utf-8") as file:
        script = file.read()
    db = sqlite3.connect(home.store)
    db.executescript("PRAGMA journal_mode = WAL; PRAGMA application_id = 0x6469726E;" + script + "PRAGMA user_version = 1;")
    db.close()
    return home


def dump(home):
    """All rows of all tables; of items, feeds and hosts not what a round without a network does to them.

    What the store remembers of sites is forgotten behind an edition: where that was cut off, behind the next.
    """
    tables = [name for name, in home.sql("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE '%fts%'")]
    columns = {"item": "id, url, canonical, title, content_hash, state, revision", "feed": "id, url, title"}
    return {t: sorted(map(repr, home.sql('SELECT %s FROM "%s"' % (columns.get(t, "*"), t))))
            for t in tables if t not in ("setting", "host", "poll_log", "robots", "site_block")}


def test_bringing_an_old_store_forward(stage):
    calm = old_store(stage, "calm")
    fault = Faults(calm, DISK)
    done = stage.run(calm, fault)
    assert "brought forward" in done.stderr, done.stderr
    expected, count = dump(calm), fault.count
    assert calm.sql("PRAGMA user_version")[0][0] > 1

    def check(kinds, n, action, error):
        home = old_store(stage, "run")
        fault = Faults(home, kinds)
        fault.set(n, action, error)
        stage.run(home, fault)
        again = home.diurnad("--once", "--edition")
        assert again.returncode == 0, (kinds, n, action, again.stderr)
        assert home.integrity() == [], (kinds, n, action)
        assert dump(home) == expected, (kinds, n, action)
        stage.checked += 1

    for n, (action, error) in choose(count, [(FAIL, "ENOSPC"), (KILL_BEFORE, "EIO"), (KILL_AFTER, "EIO")], 5):
        check(DISK, n, action, error)
    # A file that cannot be removed: the log of a store that is then written anew.
    for n in range(1, 17):
        check(("name",), n, FAIL, "ENOSPC")
