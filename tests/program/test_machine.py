"""What only root can do to a machine, in namespaces and groups of its own: no inodes, nothing writable, no names,
no memory. Skipped where that is not allowed."""

import ctypes
import itertools
import os
import re
import signal
import socket
import subprocess
import time

import pytest

from diurna import PATIENCE_S, program, wait_until
from press import Press
from sites import Page

OLD = {"max-first": 10000, "max-age": "36500d"}
IS_LONG = os.environ.get("DIURNA_TEST_RUNS") == "all"
CLONE_NEWNS, MS_RDONLY, MS_REMOUNT, MS_BIND, MS_REC, MS_PRIVATE = 0x20000, 1, 32, 4096, 16384, 1 << 18
libc = ctypes.CDLL(None, use_errno=True)


def mount(what, where, kind=None, flags=0, data=None):
    def c(text):
        return text.encode() if text else None
    if libc.mount(c(what), c(where), c(kind), flags, c(data)) != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), where)


@pytest.fixture
def mounts(home):
    """File systems that only this thread and what it starts can see; they go with the last of these."""
    if os.geteuid() != 0:
        pytest.skip("only root can mount")
    before, folder = os.open("/proc/thread-self/ns/mnt", os.O_RDONLY), os.getcwd()
    root = os.open("/", os.O_RDONLY | os.O_DIRECTORY)
    if libc.unshare(CLONE_NEWNS) != 0:
        pytest.skip("no mount namespace: " + os.strerror(ctypes.get_errno()))
    try:
        try:
            mount(None, "/", flags=MS_REC | MS_PRIVATE)
        except OSError as error:  # the root of a chroot is none of a file system
            pytest.skip("mounts would be seen by all: %s" % error)
        yield
    finally:
        home.close()
        assert libc.setns(before, CLONE_NEWNS) == 0
        os.fchdir(root)  # the namespace's own root may be outside of ours
        os.chroot(".")
        os.chdir(folder)
        os.close(root)
        os.close(before)


@pytest.fixture
def press(web):
    return Press(web, 4, 3)


def configure(home, press, **options):
    home.configure({"All": press.feeds}, **{"poll": {"jitter": False}, "digest": OLD, **options})


def read_only(folder, is_so):
    mount(None, folder, flags=MS_REMOUNT | MS_BIND | (MS_RDONLY if is_so else 0))


def all_is_there(home, press):
    return len(home.texts()) == len(press.texts) and home.sql("PRAGMA integrity_check") == [("ok",)]


def start(home, press):
    daemon = home.start()
    daemon.wait_for("diurnad .*: 4 feeds")
    wait_until(lambda: all_is_there(home, press), "all items")
    return daemon


def has_edition(home):
    return os.path.exists(os.path.join(home.digests, "latest", "index.html"))


def test_no_inodes(mounts, home, press):
    """Not one file more: the edition waits, and what was polled is not lost."""
    mount("tmpfs", home.directory, "tmpfs", data="size=64m,nr_inodes=100")
    home.set_clock("+0")
    configure(home, press)
    daemon = start(home, press)
    fillers = []
    with pytest.raises(OSError, match="No space"):
        for n in range(200):
            name = home.path("filler%d" % n)
            os.close(os.open(name, os.O_CREAT | os.O_WRONLY))
            fillers.append(name)
    done = home.diurna("digest", "--close")
    assert done.returncode == 1 and "is closed, but not all of it is written" in done.stderr
    daemon.wait_for("No space left on device")
    daemon.wait_for("not all written, next try in")
    assert not has_edition(home)
    for name in fillers:
        os.unlink(name)
    home.set_clock("+7200")
    wait_until(lambda: home.sql("SELECT count(*) FROM edition WHERE published_at > 0") == [(1,)], "the edition")
    assert has_edition(home) and home.temporary_files() == []
    assert daemon.stop() == 0


def test_no_inode_for_a_start(mounts, home, press):
    folder = home.path("full")
    os.mkdir(folder)
    mount("tmpfs", folder, "tmpfs", data="size=64m,nr_inodes=1")
    configure(home, press)
    with open(home.config, encoding="utf-8") as file:
        text = file.read()
    home.write_config(text.replace(home.store, os.path.join(folder, "store.db")))
    done = home.diurnad("--once")
    assert done.returncode in (73, 74) and "No space left on device" in done.stderr, done.stderr


def test_digests_on_a_file_system_that_is_read_only_for_a_while(mounts, home, press):
    os.mkdir(home.digests)
    mount(home.digests, home.digests, flags=MS_BIND)
    home.set_clock("+0")
    configure(home, press)
    daemon = start(home, press)
    read_only(home.digests, True)
    done = home.diurna("digest", "--close")
    assert done.returncode == 1 and "is closed, but not all of it is written" in done.stderr
    daemon.wait_for("Read-only file system")
    daemon.wait_for("not all written, next try in 1 min")
    assert home.diurna("status").returncode == 0 and not has_edition(home)
    read_only(home.digests, False)
    home.set_clock("+7200")
    wait_until(lambda: home.sql("SELECT count(*) FROM edition WHERE published_at > 0") == [(1,)], "the edition")
    assert has_edition(home) and home.temporary_files() == []
    assert daemon.stop() == 0


def test_a_store_on_a_read_only_file_system(mounts, home, press):
    configure(home, press)
    home.once(press.feeds[0])
    mount(home.directory, home.directory, flags=MS_BIND)
    read_only(home.directory, True)
    done = home.diurnad("--once")
    assert 0 < done.returncode < 128 and "ead-only" in done.stderr, done.stderr
    # What is there can be read.
    query = home.diurna("query")
    assert query.returncode == 0, query.stderr
    read_only(home.directory, False)
    home.once("--force")
    assert all_is_there(home, press)


def test_names_that_are_gone_and_come_back(mounts, home, web, press):
    """As the resolver sees it: no server answers; then the names are there again."""
    port = web.proxy.rpartition(":")[2]
    resolver, hosts = home.path("resolv.conf"), home.path("hosts")
    with open(resolver, "w", encoding="ascii") as file:
        file.write("nameserver 127.0.0.1\noptions timeout:1 attempts:1\n")
    with open(hosts, "w", encoding="ascii") as file:
        file.write("127.0.0.1 localhost\n")
    if not os.path.exists("/etc/hosts") or not os.path.exists("/etc/resolv.conf"):
        pytest.skip("no /etc/hosts or /etc/resolv.conf")
    mount(resolver, os.path.realpath("/etc/resolv.conf"), flags=MS_BIND)
    mount(hosts, os.path.realpath("/etc/hosts"), flags=MS_BIND)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        try:
            server.bind(("127.0.0.1", 53))
        except OSError:
            pytest.skip("somebody answers for names here")
    names = ["http://%s:%s/feed" % (host, port) for host in press.hosts]
    home.web = None  # no proxy: it would ask for the names itself
    home.set_clock("+0")
    home.configure({"All": names}, poll={"jitter": False}, digest=OLD, top={"fulltext": False})
    daemon = home.start()
    wait_until(lambda: sum("failure 1" in line for line in list(daemon.lines)) == len(names), "the failures")
    assert daemon.said("the name does not resolve.*failure 1"), daemon.log
    assert home.diurna("status").returncode == 0
    with open(hosts, "a", encoding="ascii") as file:
        file.write("".join("127.0.0.1 %s\n" % host for host in press.hosts))
    home.set_clock("+7200")
    wait_until(lambda: home.sql("SELECT count(*) FROM feed WHERE failures = 0") == [(len(names),)], "the feeds")
    assert home.sql("SELECT count(*) FROM v_item") == [(len(press.items),)]
    assert daemon.stop() == 0


@pytest.fixture
def group():
    """A group of processes with a bound on their memory: control groups of version 1 or 2."""
    for top, bound in (("/sys/fs/cgroup/memory", "memory.limit_in_bytes"), ("/sys/fs/cgroup", "memory.max")):
        folder = os.path.join(top, "diurna-test-%d" % os.getpid())
        try:
            os.mkdir(folder)
        except OSError:
            continue
        if os.path.exists(os.path.join(folder, bound)):
            break
        os.rmdir(folder)
    else:
        pytest.skip("no control group for memory can be made here")
    yield Group(folder, bound)
    wait_until(lambda: not Group(folder, bound).read("cgroup.procs"), "the end of the group's processes")
    os.rmdir(folder)


class Group:
    def __init__(self, folder, bound):
        self.folder, self.bound = folder, bound

    def read(self, name):
        with open(os.path.join(self.folder, name), encoding="ascii") as file:
            return file.read()

    def write(self, name, text):
        with open(os.path.join(self.folder, name), "w", encoding="ascii") as file:
            file.write(str(text))

    def set_bound(self, megabytes):
        self.write(self.bound, megabytes << 20)

    def add(self, pid):
        self.write("cgroup.procs", pid)

    @property
    def killed(self):
        """How many were ended because memory ran out."""
        name = "memory.oom_control" if "limit" in self.bound else "memory.events"
        return int(re.search(r"^oom_kill (\d+)", self.read(name), re.M)[1])


def test_a_parser_that_takes_the_memory_of_all(group, home, web, press):
    """The parser goes, with its one document; the daemon and the other feeds stay."""
    # 14 MB of small entries take several times as much while they are read.
    big = "".join("<item><title>%d</title><category>c</category></item>" % n for n in range(300000))
    web.put("big.example", "/feed", Page('<rss version="2.0"><channel><title>Big</title>%s</channel></rss>' % big,
                                         type="application/rss+xml"))
    configure(home, press, top={"parsers": 1})
    daemon = start(home, press)
    home.configure({"All": press.feeds + ["http://big.example/feed"]}, poll={"jitter": False}, digest=OLD,
                   top={"parsers": 1})
    parser, = home.children(daemon, "diurna-parse")
    with open("/proc/%d/oom_score_adj" % parser, encoding="ascii") as file:
        assert file.read() == "1000\n"
    with open("/proc/%d/oom_score_adj" % daemon.process.pid, encoding="ascii") as file:
        assert int(file.read()) < 1000
    for pid in (daemon.process.pid, parser):
        group.add(pid)
    group.set_bound(64)  # enough for the daemon with the document, not for both
    daemon.signal(signal.SIGHUP)
    daemon.wait_for("big.example.*failure 1")
    assert group.killed >= 1
    assert daemon.process.poll() is None and home.diurna("status").returncode == 0
    home.diurna("poll", "--force", press.feeds[0])
    daemon.wait_for(re.escape(press.hosts[0]) + ".*(not modified|304|unchanged)")
    assert daemon.stop() == 0


def test_no_memory_for_all_of_it(group, home, press):
    """The daemon may be ended too; the next start goes on from what is stored."""
    configure(home, press)
    for megabytes in range(4, 40, 1 if IS_LONG else 9):
        group.set_bound(megabytes)
        subprocess.run(["/bin/sh", "-c", 'echo $$ >"$1"; shift; exec "$@"', "sh",
                        os.path.join(group.folder, "cgroup.procs"), program("diurnad"), "--config", home.config,
                        "--once", "--edition"], env=home.env, cwd=home.directory, stdin=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL, timeout=PATIENCE_S)
    group.set_bound(4000)
    wait_until(lambda: not home.running("diurnad"), "the end of a publisher left alone")
    home.set_clock("+90000")
    home.once("--force", "--edition")
    assert all_is_there(home, press)
    assert home.sql("SELECT max(n) FROM (SELECT count(*) AS n FROM edition_item GROUP BY item_id)") == [(1,)]


def test_a_list_that_is_longer_than_anybody_s(home):
    """A first start with it: how long, and in how much memory; a million in the long form."""
    feeds = 1000000 if IS_LONG else 20000
    with open(home.path("list.opml"), "w", encoding="ascii") as file:
        file.write('<opml version="2.0"><body>\n')
        for n in range(feeds):
            file.write('<outline xmlUrl="http://s%d.example/f%d"/>\n' % (n % (feeds // 5), n))
        file.write("</body></opml>\n")
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        home.configure({}, proxy="http://127.0.0.1:%d" % nobody.getsockname()[1],
                       top={"subscriptions": "list.opml"})
        start = time.monotonic()
        daemon = home.start()
        daemon.wait_for("diurnad .*: %d feeds" % feeds, 600)
        took_s = time.monotonic() - start
        with open("/proc/%d/status" % daemon.process.pid, encoding="ascii") as file:
            status = file.read()
        assert daemon.stop() == 0
    now, most = (int(re.search(name + r":\s+(\d+) kB", status)[1]) for name in ("VmRSS", "VmHWM"))
    print("%d feeds: ready after %.1f s, %d MiB then, %d MiB at most" % (feeds, took_s, now >> 10, most >> 10))
    counts = os.environ.get("DIURNA_TEST_COUNTS")
    if counts:
        with open(counts, "a", encoding="utf-8") as file:
            file.write("%d feeds at a first start: %.1f s, %d MiB at most\n" % (feeds, took_s, most >> 10))
    assert most << 10 < 64e6 + 2500 * feeds


@pytest.mark.skipif(not IS_LONG, reason="a quarter of a gigabyte: with DIURNA_TEST_RUNS=all")
def test_a_feed_that_brings_as_much_as_it_can(home, web, press):
    """Ever new entries, 40 MB at a time: it rests when its day is full, the others are polled on."""
    turns = itertools.count()

    def flood(_):
        turn = next(turns)
        return '<rss version="2.0"><channel><title>Flood</title>%s</channel></rss>' % "".join(
            "<item><guid>%d-%d</guid><title>Entry %d</title><description>%s</description></item>"
            % (turn, n, n, "".join("w%d-%d-%d " % (turn, n, k) for k in range(330))) for n in range(8000))
    web.put("flood.example", "/feed", Page(flood, "application/rss+xml"))
    home.configure({"All": [*press.feeds, "http://flood.example/feed"]}, top={"fulltext": False}, digest=OLD,
                   poll={"jitter": False, **{name: "1s" for name in (
                       "interval-default", "interval-min", "interval-max", "interval-blind")}})
    daemon = home.start()
    daemon.wait_for("flood.example/feed: it has brought more than 256 MB in a day, it rests for 2[34] h", 600)
    asked, others = len(web.requests("flood.example")), len(web.requests(press.hosts[0]))
    wait_until(lambda: len(web.requests(press.hosts[0])) > others + 3, "polls of the others")
    assert len(web.requests("flood.example")) == asked
    assert daemon.stop() == 0
    # `diurna feeds` tells, and a new start does not change it.
    assert home.sql("SELECT next_at > last_poll_at + 80000 FROM feed WHERE url LIKE '%flood%'") == [(1,)]
    size = sum(os.path.getsize(home.store + ending) for ending in ("", "-wal") if os.path.exists(home.store + ending))
    print("%d polls, the store has %d MB" % (asked, size >> 20))
    assert size < 1 << 30
