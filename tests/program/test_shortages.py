"""Something runs out or stands in the way: said once, the rest goes on, nothing is lost."""

import json
import os
import random
import re
import resource
import shutil
import socket
import sqlite3
import stat
import subprocess
import time

import pytest

from diurna import PATIENCE_S, program, wait_until
from press import Press
from sites import Page

OLD = {"max-first": 10000, "max-age": "36500d"}


@pytest.fixture
def press(web):
    return Press(web, 4, 3)


def configure(home, press, **options):
    home.configure({"All": press.feeds}, **{"poll": {"jitter": False}, "digest": OLD, **options})


def run_limited(home, limits, *args):
    """A round of the daemon with resource limits."""
    def set_limits():
        for what, value in limits.items():
            resource.setrlimit(what, (value, value))
    return subprocess.run([program("diurnad"), "--config", home.config, "--once", *args], env=home.env,
                          cwd=home.directory, text=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                          stderr=subprocess.PIPE, timeout=PATIENCE_S, preexec_fn=set_limits)


def count(daemon, pattern):
    return sum(bool(re.search(pattern, line)) for line in list(daemon.lines))


def test_few_descriptors(home, press):
    configure(home, press)
    done = run_limited(home, {resource.RLIMIT_NOFILE: 130})
    assert done.returncode == 0, done.stderr
    assert len(re.findall("descriptors: 130 allow for", done.stderr)) == 1
    assert len(home.texts()) == len(press.texts)


def test_no_memory_for_a_round_is_not_the_end(home, press):
    configure(home, press)
    for megabytes in (30, 60, 90, 120):
        run_limited(home, {resource.RLIMIT_AS: megabytes << 20})
    home.once("--force")
    assert len(home.texts()) == len(press.texts)
    assert home.integrity() == []


def test_a_locked_store_does_not_keep_it_from_stopping(home, web, press):
    configure(home, press)
    daemon = home.start()
    daemon.wait_for("diurnad .*: 4 feeds")
    db = sqlite3.connect(home.store, isolation_level=None, timeout=PATIENCE_S)
    db.execute("BEGIN IMMEDIATE")
    wait_until(lambda: len(web.requests()) >= 4, "the polls")
    start = time.monotonic()
    assert daemon.stop() == 0
    assert time.monotonic() - start < 14  # at other times it waits for a lock for 15 s, and again
    db.execute("ROLLBACK")
    db.close()
    home.once()
    assert len(home.texts()) == len(press.texts)


def test_a_locked_store_is_waited_for(home, web, press):
    """A second, or a minute and more in the long form."""
    configure(home, press)
    home.once(press.feeds[0])
    lock_s = 70 if os.environ.get("DIURNA_TEST_RUNS") == "all" else 1
    db = sqlite3.connect(home.store, isolation_level=None)
    db.execute("BEGIN IMMEDIATE")
    process = subprocess.Popen([program("diurnad"), "--config", home.config, "--once"], env=home.env,
                               stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    time.sleep(lock_s)
    assert process.poll() is None
    db.execute("ROLLBACK")
    db.close()
    said = process.communicate(timeout=PATIENCE_S)[1]
    assert process.returncode == 0, said
    assert len(home.texts()) == len(press.texts)


def test_what_a_feed_brings_in_a_day_is_counted_over_starts(home, web, press):
    """A round every hour by cron is a start each: 250 MB of yesterday do not count, of today they do."""
    web.put("much.example", "/feed", *(
        Page("<rss version='2.0'><channel><title>Much</title>%s</channel></rss>" % "".join(
            "<item><guid>%d</guid><title>Entry %d</title><description>%s</description></item>"
            % (n, n, "".join("w%d-%d " % (n, k) for k in range(99)))
            for n in range(turn + 1)), "application/rss+xml") for turn in range(4)))
    home.configure({"All": ["http://much.example/feed"]}, top={"fulltext": False}, digest=OLD)

    def age(seconds, which):
        db = sqlite3.connect(home.store, isolation_level=None, timeout=PATIENCE_S)
        db.execute("UPDATE item SET body_bytes = 300000000, first_seen_at = first_seen_at - ? WHERE id = ?",
                   (seconds, which))
        db.close()
    home.once()
    said = "it has brought more than 256 MB in a day, it rests for "
    age(90000, 1)
    assert said not in home.once("--force").stderr
    age(3600, 2)
    assert re.search(said + "2[23] h", home.once("--force").stderr)


def test_a_clock_that_is_set_back_a_day(home, web, press):
    home.set_clock("+86400")
    configure(home, press, poll={"jitter": False, "interval-min": "60s", "interval-default": "60s",
                                 "interval-max": "60s", "interval-blind": "60s"})
    daemon = home.start()
    wait_until(lambda: count(daemon, r"feed \d+ .*: \d+ new") == 4, "the first polls")
    mark = web.mark()
    home.set_clock("+0")
    daemon.wait_for(r"clock: set back by (1 d|2\d h);")
    home.set_clock("+100")
    wait_until(lambda: len({r.host for r in web.requests(path="/feed", since=mark)}) == 4, "the next polls")
    assert daemon.stop() == 0
    # And a start after it: what was stored has its times in the future.
    home.set_clock("+86400")
    home.once("--force")
    mark = web.mark()
    home.set_clock("+100")
    home.once()
    assert len(web.requests(path="/feed", since=mark)) >= 4
    assert count(daemon, "set back") == 1


def test_a_list_is_asked_again_after_a_clock_that_was_set_back(home, web, press):
    place = "http://lists.example/them.opml"
    web.put("lists.example", "/them.opml",
            Page('<opml version="2.0"><body><outline xmlUrl="%s"/></body></opml>' % press.feeds[0]))
    home.configure({"Europe": []}, top={"subscriptions": [place]}, poll={"jitter": False}, digest=OLD)
    home.set_clock("+8640000")
    daemon = home.start()
    daemon.wait_for("reloaded: 1 feed")
    # Its next day is 101 days away for a clock that has been set back 100.
    home.set_clock("+0")
    daemon.wait_for("clock: set back by 100 d;")
    home.set_clock("+90000")
    wait_until(lambda: len(web.requests("lists.example", "/them.opml")) == 2, "the list of the next day")
    assert daemon.stop() == 0


def test_editions_go_on_after_a_clock_that_was_a_year_ahead(home, press):
    """The daemon need not be started again, and nobody waits a year for the next morning."""
    configure(home, press, digest={**OLD, "at": "06:00", "timezone": "UTC", "empty": True})
    home.set_clock(1790000000)  # 2026-09-21, 14:13
    daemon = home.start()
    daemon.wait_for("the next one is due 2026-09-22")
    for days, edition in ((365, "2027-09-21"), (1, "2026-09-22"), (2, "2026-09-23")):
        home.set_clock(1790000000 + days * 86400)
        daemon.wait_for("edition %s: closed with" % edition)
        if days == 365:
            home.set_clock(1790000000)
            daemon.wait_for("clock: set back by 365 d;")
            wait_until(lambda: count(daemon, "the next one is due 2026-09-22") == 2, "the next morning again")
    wait_until(lambda: home.sql("SELECT count(*) FROM edition WHERE published_at > 0") == [(3,)], "all written")
    assert daemon.stop() == 0


def test_a_clock_that_is_set_forward_a_day(home, web, press):
    configure(home, press)
    home.set_clock("+0")
    daemon = home.start()
    wait_until(lambda: count(daemon, r"feed \d+ .*: \d+ new") == 4, "the first polls")
    mark = web.mark()
    home.set_clock("+90000")
    wait_until(lambda: len({r.host for r in web.requests(path="/feed", since=mark)}) == 4, "the next polls")
    wait_until(lambda: home.sql("SELECT count(*) FROM edition WHERE published_at > 0")[0][0], "the edition")
    assert daemon.stop() == 0
    assert len(home.texts()) == len(press.texts)


def test_parsers_that_all_end(home, web, press):
    script = home.path("parse")
    with open(script, "w", encoding="ascii") as file:
        file.write("#!/bin/sh\nexit 1\n")
    os.chmod(script, 0o755)
    configure(home, press)
    daemon = home.start(env={"DIURNA_PARSE": script})
    daemon.wait_for("diurna-parse has ended .* one after the other")
    time.sleep(2)
    assert count(daemon, "one after the other") == 1
    assert count(daemon, r"parser \d+: ") < 20
    # They are mended while it runs.
    shutil.copy(program("diurna-parse"), script + ".new")
    os.replace(script + ".new", script)
    wait_until(lambda: count(daemon, r"feed \d+ .*(failure 1| new)") == 4, "the end of all polls")
    home.diurna("poll", "--force")
    daemon.wait_for("diurna-parse works again")
    assert daemon.stop() == 0
    home.set_clock("+1000000")
    home.once("--force")
    assert len(home.texts()) == len(press.texts)


def test_a_parser_that_is_not_there(home, press):
    configure(home, press)
    daemon = home.start(env={"DIURNA_PARSE": home.path("nothing")})
    daemon.wait_for("diurna-parse cannot be started: No such file")
    time.sleep(1)
    assert count(daemon, "cannot be started") == 1
    assert daemon.stop() == 0
    home.once("--force")
    assert len(home.texts()) == len(press.texts)


def test_a_network_that_is_gone_and_comes_back(home, web, press):
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        configure(home, press, network={"proxy": "http://127.0.0.1:%d" % nobody.getsockname()[1]})
    done = home.diurnad("--once")
    assert done.returncode == 0, done.stderr
    assert len(re.findall("failure 1", done.stderr)) == 4
    configure(home, press)
    home.set_clock("+7200")
    home.once()
    assert len(home.texts()) == len(press.texts)


def test_a_list_of_subscriptions_that_is_too_long(home, press):
    configure(home, press, top={"subscriptions": "list.opml"})
    with open(home.path("list.opml"), "w", encoding="ascii") as file:
        file.write('<opml version="2.0"><body>')
        file.truncate(51 << 20)
    done = home.once(*press.feeds)
    assert len(re.findall(r"list\.opml: ", done.stderr)) == 1
    assert len(home.texts()) == len(press.texts)


class Client:
    """A connection to the control socket."""

    def __init__(self, home):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(home.path("control"))
        self.socket.settimeout(PATIENCE_S)

    def send(self, data):
        try:
            self.socket.sendall(data)
        except OSError:
            pass  # it has hung up, as it may

    def line(self):
        try:
            return self.socket.makefile("rb").readline()
        except OSError:
            return b""

    def close(self):
        self.socket.close()


def test_the_control_socket_survives_garbage(home, press):
    configure(home, press)
    daemon = home.start()
    daemon.wait_for("diurnad .*: 4 feeds")
    assert stat.S_IMODE(os.stat(home.path("control")).st_mode) == 0o660
    chance = random.Random(7)
    words = [b"\n", b"{", b"}", b'"command"', b":", b'"poll"', b'"status"', b"[", b"]", b"\0", b"\xff", b'"feeds"',
             b"null", b"1e999", b'"\\u0000"', b'"force"', b",", b"true"]
    for n in range(200):
        client = Client(home)
        if n % 10 == 0:
            client.send(chance.randbytes(3000))
        elif n % 10 == 1:
            client.send(b"x" * 300000)
        elif n % 10 == 2:
            client.send(b"[" * 100000 + b"\n")
        elif n % 10 == 3:
            client.send(b'{"command": "status"}\n' * 300)  # and nobody reads
        else:
            client.send(b"".join(chance.choice(words) for _ in range(30)) + b"\n")
        if n % 3:
            client.close()
    done = home.diurna("status", "--format", "json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["pid"] == daemon.process.pid
    assert daemon.stop() == 0


def test_a_request_names_feeds_by_the_thousand(home, web, press):
    """By number, by address, twice, and names that are none: each feed is asked once, at the cost of the names."""
    configure(home, press, poll={"jitter": False, "interval-min": "24h"})
    daemon = home.start()
    daemon.wait_for("diurnad .*: 4 feeds")
    wait_until(lambda: len(home.texts()) == len(press.texts), "the first polls")
    before = len(web.requests(path="/feed"))
    names = [press.feeds[0], "2", "2", press.feeds[1], 3, None, [], "", "-1", "0x3", "9" * 30, "é"]
    names += [str(n) for n in range(100, 10000)] + ["http://none%d.example/" % n for n in range(5000)]
    client = Client(home)
    client.send(json.dumps({"command": "poll", "feeds": names}).encode() + b"\n")
    assert json.loads(client.line()) == {"feeds": 2, "asked": 2}
    wait_until(lambda: len(web.requests(path="/feed")) == before + 2, "the polls")
    client.close()
    # All of them means those that are due.
    client = Client(home)
    client.send(b'{"command": "poll", "feeds": []}\n')
    assert json.loads(client.line()) == {"feeds": 4, "asked": 0, "done": True}
    client.close()
    client = Client(home)
    client.send(b'{"command": "poll", "feeds": ["nobody"]}\n')
    assert "no such feed" in json.loads(client.line())["error"]
    client.close()
    assert daemon.stop() == 0


def test_who_sits_at_the_control_socket_makes_room(home, web, press):
    web.put("slow.example", "/feed", Page("", delay_s=600))
    home.configure({"All": press.feeds + ["http://slow.example/feed"]})
    daemon = home.start()
    daemon.wait_for("diurnad .*: 5 feeds")
    clients = [Client(home) for _ in range(64)]
    for client in clients:
        client.send(b'{"command": "status"}\n')
        assert client.line().startswith(b'{"')
    late = Client(home)
    late.send(b'{"command": "status"}\n')
    assert late.line().startswith(b'{"')
    assert clients[0].line() == b""
    clients[0] = late
    # Who waits for an answer stays; the edition waits for the slow feed.
    for client in clients:
        client.send(b'{"command": "edition"}\n{"command": "status"}\n')
        assert b'"pid"' in client.line()
    assert b"too many" in Client(home).line()
    for client in clients:
        client.close()
    wait_until(lambda: home.diurna("status").returncode == 0, "the socket to be free again")
    assert daemon.stop() == 0


def test_no_descriptor_for_a_client(home, press):
    configure(home, press)
    daemon = home.start()
    daemon.wait_for("diurnad .*: 4 feeds")
    wait_until(lambda: len(home.texts()) == len(press.texts), "all items")
    before = resource.prlimit(daemon.process.pid, resource.RLIMIT_NOFILE)
    resource.prlimit(daemon.process.pid, resource.RLIMIT_NOFILE, (5, before[1]))
    client = Client(home)
    client.send(b'{"command": "status"}\n')
    daemon.wait_for("control .*: Too many open files; asked again every second")
    used = cpu_s(daemon)
    time.sleep(1.5)
    assert cpu_s(daemon) - used < 0.7
    resource.prlimit(daemon.process.pid, resource.RLIMIT_NOFILE, before)
    assert client.line().startswith(b'{"')
    assert count(daemon, "asked again every second") == 1
    assert daemon.stop() == 0


def cpu_s(daemon):
    with open("/proc/%d/stat" % daemon.process.pid, encoding="ascii") as file:
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_parsers_have_three_descriptors(home, press):
    configure(home, press)
    daemon = home.start()
    parsers = wait_until(lambda: home.children(daemon, "diurna-parse"), "parsers")
    wait_until(lambda: len(home.texts()) == len(press.texts), "all items")
    for pid in home.children(daemon, "diurna-parse"):
        names = {fd: os.readlink("/proc/%d/fd/%s" % (pid, fd)) for fd in os.listdir("/proc/%d/fd" % pid)}
        assert sorted(names) == ["0", "1", "2"], names
        assert names["0"].startswith("socket:") and names["1"] == "/dev/null"
        with open("/proc/%d/status" % pid, encoding="ascii") as file:
            status = dict(line.split(":", 1) for line in file)
        assert status["NoNewPrivs"].strip() == "1"
        if "AddressSanitizer" not in os.environ.get("ASAN_OPTIONS", ""):
            assert status["Seccomp"].strip() == "2"
    assert parsers
    assert daemon.stop() == 0
