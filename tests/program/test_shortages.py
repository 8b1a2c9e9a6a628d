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
    assert time.monotonic() - start < 5
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


def test_who_sits_at_the_control_socket_makes_room(home, web, press):
    web.put("slow.example", "/feed", Page("", delay_s=600))
    home.configure({"All": press.feeds + ["http://slow.example/feed"]})
    daemon = home.start()
    daemon.wait_for("diurnad .*: 5 feeds")
    clients = [Client(home) for _ in range(64)]
    for client in clients:
        client.send(b'{"command": "status"}\n')
        assert client.line().startswith(b'{"')
    assert home.diurna("status").returncode == 0
    assert clients[0].line() == b""
    # Who waits for an answer stays; the edition waits for the slow feed.
    clients[0] = Client(home)
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


def damage(home, seed, every):
    """Rubbish in some pages of the trees: not where a table begins, nor amid a text, where nobody can tell."""
    chance = random.Random(seed)
    roots = {root for root, in home.sql("SELECT rootpage FROM sqlite_schema")}
    pages = [n for n, in home.sql("SELECT pageno FROM dbstat WHERE pagetype IN ('leaf', 'internal') "
                              "AND name <> 'sqlite_schema' ORDER BY 1")
             if n > 1 and n not in roots]
    size, = home.sql("PRAGMA page_size")[0]
    with open(home.store, "r+b") as file:
        for page in chance.sample(pages, max(1, len(pages) // every)):
            file.seek((page - 1) * size + 8)
            file.write(chance.randbytes(size * 3 // 8))


def checkpoint(home):
    db = sqlite3.connect(home.store)
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()


@pytest.fixture
def library(home, web):
    """A store of some hundred pages, with an edition."""
    press = Press(web, 12, 12)
    configure(home, press)
    home.once("--edition")
    checkpoint(home)
    return press


def test_a_damaged_store_is_said_and_not_written_to(home, library):
    before = os.path.getsize(home.store)
    damage(home, 1, 1)
    home.set_clock("+90000")
    done = home.diurnad("--once", "--force", "--edition")
    assert done.returncode == 65, done.stderr
    assert "diurna recover" in done.stderr
    assert os.path.getsize(home.store) >= before


def test_a_feed_that_has_lost_its_address(home, library):
    """As a damaged page may leave it: SQLite itself would not write such a row."""
    for change in ("UPDATE sqlite_schema SET sql = replace(sql, 'url TEXT NOT NULL', 'url TEXT') WHERE name = 'feed'",
                   "UPDATE feed SET url = NULL WHERE id = 3",
                   "UPDATE sqlite_schema SET sql = replace(sql, 'url TEXT', 'url TEXT NOT NULL') WHERE name = 'feed'"):
        db = sqlite3.connect(home.store, isolation_level=None)
        db.execute("PRAGMA writable_schema = ON")
        assert db.execute(change).rowcount == 1
        db.close()
    done = home.diurnad("--once")
    assert done.returncode == 65 and "diurna recover" in done.stderr, done.stderr


@pytest.mark.parametrize("seed", range(4))
def test_what_can_be_had_of_a_damaged_store(home, web, library, seed):
    items = {title for title, in home.sql("SELECT title FROM v_item")}
    with open(home.store, "rb") as file:
        whole = file.read()
    damage(home, seed, [100, 50, 25, 10][seed])
    with open(home.store, "rb") as file:
        damaged = file.read()
    done = home.diurna("recover")
    assert done.returncode == 0, done.stderr
    kept = re.search(r"stays as (\S+)\.\n", done.stdout)[1]
    with open(kept, "rb") as file:
        assert file.read() == damaged != whole
    assert home.diurna("check", "--store", "--quiet").stdout == ""
    rescued = {title for title, in home.sql("SELECT title FROM v_item")}
    assert rescued <= items | {""} and len(rescued) >= len(items) // 4
    # What the feeds still list comes back, once.
    home.set_clock("+90000")
    home.once("--edition")
    assert {title for title, in home.sql("SELECT title FROM v_item")} >= items
    # Which of the rescued were printed may have been in the rubbish; nothing is printed twice.
    rows, once = home.sql("SELECT count(*), count(DISTINCT item_id) FROM edition_item")[0]
    assert 0 < rows == once
    assert home.diurna("query", "--match", library.sentences[0].split()[0]).returncode in (0, 1)
    assert home.diurna("check", "--store", "--quiet").stdout == ""


def varint(data, at):
    value = 0
    for n in range(9):
        value = value << 7 | data[at + n] & 0x7F
        if data[at + n] < 0x80:
            return value, at + n + 1
    raise AssertionError("nine bytes")


def test_a_row_with_a_wrong_number_costs_no_others(home, web, library):
    """Of what comes behind it, that is."""
    items = dict(home.sql("SELECT id, title FROM v_item"))
    number = 10
    with open(home.store, "rb") as file:
        data = bytearray(file.read())
    size, changed = int.from_bytes(data[16:18], "big"), 0
    for page in range(size, len(data), size):
        if data[page] != 13:  # a leaf of a table
            continue
        for n in range(int.from_bytes(data[page + 3:page + 5], "big")):
            cell = page + int.from_bytes(data[page + 8 + 2 * n:page + 10 + 2 * n], "big")
            length, at = varint(data, cell)
            if data[at] == number and items[number].encode() in data[at:at + length]:
                data[at] = 127
                changed += 1
    assert changed
    with open(home.store, "wb") as file:
        file.write(data)
    assert home.diurna("recover").returncode == 0
    rescued = {title for title, in home.sql("SELECT title FROM v_item")}
    assert len(set(items.values()) - rescued) <= 1


def test_a_table_whose_first_page_is_lost_is_named(home, web, library):
    before = home.sql("SELECT id, title, url FROM v_item ORDER BY id")
    root, = home.sql("SELECT rootpage FROM sqlite_schema WHERE name = 'article'")[0]
    size, = home.sql("PRAGMA page_size")[0]
    with open(home.store, "r+b") as file:
        file.seek((root - 1) * size)
        file.write(random.Random(root).randbytes(size))
    os.chmod(home.store, 0o600)
    done = home.diurna("recover")
    assert done.returncode == 0, done.stderr
    assert re.search(r"Nothing could be read of these tables: article \(", done.stdout), done.stdout
    assert stat.S_IMODE(os.stat(home.store).st_mode) == 0o600
    # The texts are gone; what they belong to is known, and nothing is printed a second time.
    assert home.texts() == []
    assert home.sql("SELECT id, title, url FROM v_item ORDER BY id") == before
    home.set_clock("+90000")
    home.once("--edition")
    assert home.sql("SELECT max(n) FROM (SELECT count(*) AS n FROM edition_item GROUP BY item_id)") == [(1,)]
    assert home.diurna("check", "--store", "--quiet").stdout == ""


def test_a_sound_store_is_left_alone(home, library):
    with open(home.store, "rb") as file:
        before = file.read()
    done = home.diurna("recover")
    assert done.returncode == 0 and "nothing is wrong" in done.stdout
    with open(home.store, "rb") as file:
        assert file.read() == before
    daemon = home.start()
    daemon.wait_for("diurnad .*: 12 feeds")
    assert home.diurna("recover").returncode == 69
    assert daemon.stop() == 0


def test_a_store_that_is_rubbish_stays(home, press):
    configure(home, press)
    with open(home.store, "wb") as file:
        file.write(b"rubbish" * 10000)
    assert home.diurnad("--once").returncode != 0
    done = home.diurna("recover")
    assert done.returncode == 65 and home.store in done.stderr
    with open(home.store, "rb") as file:
        assert file.read() == b"rubbish" * 10000
    left = {n for n in os.listdir(home.directory) if n.startswith("store.db")}
    assert left <= {"store.db", "store.db.lock"}
