"""A hub that wishes us ill, and who has found its callback: lies, floods, replays, answers without end.

Whatever comes, nothing is stored that the hub has not signed, feeds are polled as if it were not there, and
the daemon's memory and log stay small.
"""

import re
import socket
import threading

import pytest

from diurna import wait_until
from sites import Page
from test_websub import HOUR, HUB, START, OverUnix, home, links, page, rss, subscribed  # noqa: F401

MIB = 1 << 20


def memory_mib(daemon, field="VmRSS"):
    with open("/proc/%d/status" % daemon.process.pid, encoding="ascii") as file:
        return int(re.search(r"^%s:\s+(\d+) kB" % field, file.read(), re.M)[1]) / 1024


def goes_on(home, daemon):
    """It is still the same, whatever the clock: polls, answers, and says nothing that is not seen."""
    before = len(home.web.requests("news.example", "/feed"))
    assert home.diurna("poll", "--force").returncode == 0
    assert len(home.web.requests("news.example", "/feed")) > before
    assert not re.search(r"[\0-\x08\x0b-\x1f\x7f-\x9f]", daemon.log)
    assert max(map(len, daemon.lines)) < 1000
    assert daemon.stop() == 0


ANSWERS = {
    "none": Page("", fault="reset"),
    "half": Page("x" * 1000, fault="truncate"),
    "without end": Page("yes", status=202, fault="endless"),
    "silence": Page("yes" * 100, status=202, fault="stall"),
    "escapes": Page("\x1b[31mno\x07" * 3, status=400, headers={"X-Why": "\x9b2J"}),
    "many headers": Page("", status=202, headers={"X-%d" % n: 1000 * "x" for n in range(400)}),
    "circle": Page("", status=307, headers={"Location": HUB}),
    "file": Page("", status=307, headers={"Location": "file:///etc/passwd"}),
    "inside": Page("", status=307, headers={"Location": "http://169.254.169.254/latest"}),
    "rubbish": Page("", status=307, headers={"Location": "ht!tp://\x01\xff[::"}),
    "number": Page("", status=799),
    "later": Page("", status=503, headers={"Retry-After": "99999999999999999999"}),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_answers_of_a_hub(home, name):  # noqa: F811
    """Polled as before; the hub is asked again later, not at once."""
    home.hub_says = ANSWERS[name]
    home.web.put("news.example", "/feed", page(range(3)), page(range(4)))
    home.set_up(network={"timeout": "2s"})
    daemon = home.run_daemon()
    home.asked()
    wait_until(lambda: home.sql("SELECT tries FROM push") == [(1,)], "its answer to be recorded")
    asked = len(home.web.requests("hub.example"))
    assert asked <= 12, "a circle has an end"
    assert all(r.method == "POST" for r in home.web.requests("hub.example"))
    assert {r.host for r in home.web.requests()} == {"hub.example", "news.example"}
    assert home.sql("SELECT push_until FROM feed") == [(0,)]
    home.set_clock(START + 3 * HOUR)
    wait_until(lambda: home.titles() == [0, 1, 2, 3], "a poll without its word")
    goes_on(home, daemon)


def test_intents_and_challenges_again(home):  # noqa: F811
    """A grant that is replayed after the lease grants nothing; a challenge is given back as it came, as text."""
    daemon, fields = subscribed(home)
    for challenge in ("\r\nSet-Cookie: a=b", "<script>alert(1)</script>", "\x00\x1b[31m", "é" * 400, "x" * 1000):
        status, said = home.ask_back(fields, **{"hub.challenge": challenge})
        assert (status, said) in ((200, challenge), (404, said))
    raw = socket.socket(socket.AF_UNIX)
    raw.connect(home.path("hubs"))
    raw.settimeout(30)
    raw.sendall(("GET %s?hub.mode=subscribe&hub.topic=http%%3A%%2F%%2Fnews.example%%2Ffeed&hub.lease_seconds=100&"
                 "hub.challenge=%%3Cscript%%3E HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
                 % home.path_of(fields)).encode())
    answer = b""
    while piece := raw.recv(4096):
        answer += piece
    assert b"text/plain" in answer and b"nosniff" in answer and answer.endswith(b"<script>")
    raw.close()
    for _ in range(30):
        home.ask_back(fields)
    assert home.sql("SELECT count(*) FROM push") == [(1,)]
    # The lease has ended, and the hub does not answer: who has written down its question asks it again.
    home.hub_says = Page("", status=500)
    home.set_clock(START + 40 * 24 * HOUR)
    wait_until(lambda: home.feed("last_poll_at")[0] >= START + 40 * 24 * HOUR, "a poll")
    home.ask_back(fields, **{"hub.topic": "http://news.example/other"})
    goes_on(home, daemon)


def test_deliveries_again_and_again(home):  # noqa: F811
    """The same signed words a hundred times are not read as often; old ones between new ones make no new items."""
    daemon, fields = subscribed(home)
    for _ in range(100):
        assert home.deliver(fields, rss(range(5)))[0] == 202
    home.wait_sql("SELECT count(*) FROM item", [(5,)])
    for n in range(10):
        home.deliver(fields, rss(range(n % 2 + 4)))
    home.wait_sql("SELECT count(*), (SELECT count(*) FROM revision) FROM item", [(5, 0)])
    assert home.sql("SELECT deliveries FROM push")[0][0] < 60
    goes_on(home, daemon)


def test_what_is_signed_for_another_feed(home):  # noqa: F811
    """Each feed has its secret: a hub of one cannot speak for another."""
    home.web.put("evil.example", "/feed", Page(rss([50], links(topic="http://evil.example/feed")), "application/rss+xml"))
    home.web.put("news.example", "/feed", page(range(3)))
    home.set_up("http://news.example/feed", "http://evil.example/feed")
    daemon = home.run_daemon()
    asked = {fields["hub.topic"]: fields for fields in home.asked(2)}
    news, evil = asked["http://news.example/feed"], asked["http://evil.example/feed"]
    assert news["hub.secret"] != evil["hub.secret"] and news["hub.callback"] != evil["hub.callback"]
    for fields in (news, evil):
        assert home.ask_back(fields)[0] == 200
    assert home.deliver({**news, "hub.secret": evil["hub.secret"]}, rss(range(9)))[0] == 202
    daemon.wait_for("has not signed")
    # Its own it may fill; what it says of the other's links and guids becomes no item of that.
    assert home.deliver(evil, rss(range(9)))[0] == 202
    daemon.wait_for("brought by its hub")
    assert home.sql("SELECT count(*) FROM sighting JOIN feed ON feed.id = feed_id WHERE feed.url LIKE '%news%'") == [(3,)]
    goes_on(home, daemon)


def test_floods_of_what_is_signed(home):  # noqa: F811
    """As much and as fast as can be: taken, or told to come later; memory has a bound."""
    daemon, fields = subscribed(home)
    before, said = memory_mib(daemon), []
    padding = "<!--%s-->" % (6 * MIB * "x")

    def bring(numbers):
        for n in numbers:
            try:
                said.append(home.deliver(fields, rss([100 + n]) + padding)[0])
            except OSError:
                said.append(0)
    threads = [threading.Thread(target=bring, args=(range(k, 30, 6),)) for k in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(said) == 30 and set(said) <= {0, 202, 503} and 202 in said, said
    home.wait_sql("SELECT count(*) FROM item", [(3 + said.count(202),)])
    assert memory_mib(daemon, "VmHWM") - before < 120
    goes_on(home, daemon)


def test_bodies_that_stop_before_their_end(home):  # noqa: F811
    """As many as it has places for, each all but whole: they share one bound."""
    daemon, fields = subscribed(home)
    before, connections = memory_mib(daemon), []
    for _ in range(60):
        connection = OverUnix(home.path("hubs"))
        connections.append(connection)
        connection.putrequest("POST", home.path_of(fields))
        connection.putheader("Content-Length", str(8 * MIB))
        try:
            connection.endheaders()
            connection.sock.settimeout(2)
            connection.send(b"x" * (8 * MIB - 1))
        except OSError:
            continue
    assert memory_mib(daemon) - before < 80
    for connection in connections:
        connection.close()
    wait_until(lambda: home.deliver(fields, rss(range(4)))[0] == 202, "a place for what is whole")
    daemon.wait_for("1 new, 0 changed of 4, brought")
    goes_on(home, daemon)


def test_a_hub_that_keeps_the_room_for_bodies(home):  # noqa: F811
    """Large bodies that stand still, and sixty that drip: what an honest hub brings meanwhile is taken."""
    daemon, fields = subscribed(home)
    before, connections = memory_mib(daemon), []
    honest = {"small": "", "large": "<!--%s-->" % (3 * MIB * "x")}
    taken = 3

    def begin(size):
        connection = OverUnix(home.path("hubs"))
        connections.append(connection)
        connection.putrequest("POST", home.path_of(fields))
        connection.putheader("Content-Length", str(8 * MIB))
        connection.endheaders()
        connection.sock.settimeout(2)
        try:
            connection.send(b"x" * size)
        except OSError:
            pass
    for count, size in ((6, 8 * MIB - 1), (58, MIB)):
        for _ in range(count):
            begin(size)
        for padding in honest.values():
            taken += 1
            assert home.deliver(fields, rss(range(taken)) + padding)[0] == 202, (count, size, len(padding))
            home.wait_sql("SELECT count(*) FROM item", [(taken,)])
    assert memory_mib(daemon) - before < 100
    for connection in connections:
        connection.close()
    goes_on(home, daemon)
