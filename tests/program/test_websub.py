"""WebSub: a hub is asked to tell of news, asks back, and tells; line 39 of the manners.

The hub is a site of the scripted web; what it would send to the callback, the test sends.
"""

import hashlib
import hmac
import http.client
import json
import os
import signal
import socket
import subprocess
import urllib.parse

import pytest

from diurna import Daemon, Home, program, wait_until
from sites import Page, Sites

HOUR = 3600
DAY = 24 * HOUR
START = 1_798_416_000
FEED = "http://news.example/feed"
HUB = "http://hub.example/hub"


def rss(numbers, head=""):
    items = "".join("<item><title>Number %d</title><guid isPermaLink='false'>n-%d</guid>"
                    "<description>Text %d, of this and that.</description></item>" % (n, n, n) for n in numbers)
    return ("<rss version='2.0' xmlns:atom='http://www.w3.org/2005/Atom'><channel><title>News</title>"
            "<description>d</description>%s%s</channel></rss>" % (head, items))


def links(hub=HUB, topic=FEED):
    return "<atom:link rel='hub' href='%s'/><atom:link rel='self' href='%s'/>" % (hub, topic)


def page(numbers, head=None, **more):
    return Page(rss(numbers, links() if head is None else head), "application/rss+xml",
                headers={"ETag": '"%s"' % sum(numbers), **more})


class OverUnix(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost", timeout=30)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(30)
        self.sock.connect(self.path)


class Subscriber(Home):
    """A daemon with a callback, and the hub that it asks."""

    def __init__(self, directory, web):
        super().__init__(directory, web)
        self.set_clock(START)
        self.hub_says = Page("", status=202)
        web.set_handler("hub.example", lambda request: self.hub_says)

    def set_up(self, *urls, websub={}, extra="", **more):
        options = {"callback": "https://paper.example/diurna/", "listen": self.path("hubs"), **websub}
        self.configure({"All": list(urls or [FEED])}, top={"fulltext": False}, **more)
        with open(self.config, "a", encoding="utf-8") as file:
            file.write("websub {\n%s}\n%s" % (
                "".join('%s = "%s"\n' % pair for pair in options.items() if pair[1]), extra))

    def run_daemon(self):
        daemon = self.start()
        daemon.wait_for("diurnad .* feeds?, store")
        return daemon

    def asked(self, count=1):
        """The fields of the requests to the hub, once there are so many."""
        def look():
            found = self.web.requests("hub.example")
            return found if len(found) >= count else None
        found = wait_until(look, "%d requests to the hub" % count)
        return [dict(urllib.parse.parse_qsl(r.body.decode(), keep_blank_values=True)) for r in found]

    def send(self, method, path, body=None, headers={}):
        connection = OverUnix(self.path("hubs"))
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def path_of(self, fields):
        return urllib.parse.urlsplit(fields["hub.callback"]).path

    def ask_back(self, fields, **more):
        query = {"hub.mode": fields["hub.mode"], "hub.topic": fields["hub.topic"],
                 "hub.challenge": "challenge&=<1>", "hub.lease_seconds": str(10 * DAY), **more}
        query = {k: v for k, v in query.items() if v is not None}
        return self.send("GET", self.path_of(fields) + "?" + urllib.parse.urlencode(query))

    def deliver(self, fields, body, method="sha256", signature=None, type="application/rss+xml"):
        body = body.encode()
        if signature is None:
            digest = hmac.new(fields["hub.secret"].encode(), body, getattr(hashlib, method)).hexdigest()
            signature = "%s=%s" % (method, digest)
        headers = {"Content-Type": type, "Link": '<%s>; rel="hub"' % HUB}
        if signature:
            headers["X-Hub-Signature"] = signature
        return self.send("POST", self.path_of(fields), body, headers)

    def titles(self):
        return sorted(int(t.split()[1]) for t, in self.sql("SELECT title FROM v_item"))

    def push(self, columns):
        return (self.sql("SELECT %s FROM push" % columns) or [None])[0]

    def feed(self, columns):
        return self.sql("SELECT %s FROM feed ORDER BY id" % columns)[0]

    def wait_sql(self, query, want):
        return wait_until(lambda: self.sql(query) == want, "%s of %s, have %s" % (want, query, self.sql(query)))


@pytest.fixture
def home(tmp_path):
    with Sites() as web:
        made = Subscriber(tmp_path, web)
        yield made
        made.close()


def subscribed(home, *pages, **more):
    """A daemon whose hub has granted the subscription; the fields of the request."""
    home.web.put("news.example", "/feed", *(pages or [page(range(3))]))
    home.set_up(**more)
    daemon = home.run_daemon()
    fields = home.asked()[0]
    assert home.ask_back(fields) == (200, "challenge&=<1>")
    daemon.wait_for("tells of news for 10 d")
    return daemon, fields


def test_line_39_the_whole_way(home):
    daemon, fields = subscribed(home)
    assert fields["hub.mode"] == "subscribe" and fields["hub.topic"] == FEED
    assert fields["hub.callback"].startswith("https://paper.example/diurna/websub/")
    assert len(fields["hub.callback"].rpartition("/")[2]) == 43
    assert len(fields["hub.secret"]) == 43 and fields["hub.lease_seconds"] == str(10 * DAY)
    assert fields["hub.secret"] not in fields["hub.callback"]
    request, = home.web.requests("hub.example")
    assert request.method == "POST"
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"
    until, = home.feed("push_until")
    assert until == START + 10 * DAY
    # News: what the hub brings is stored like what is fetched.
    assert home.deliver(fields, rss(range(5)))[0] == 202
    daemon.wait_for("2 new, 0 changed of 5, brought by its hub")
    assert home.titles() == [0, 1, 2, 3, 4]
    assert len(home.web.requests("news.example", "/feed")) == 1
    assert home.push("deliveries, misses, rejected") == (1, 0, 0)
    # The same once more, and what is known: nothing happens.
    assert home.deliver(fields, rss(range(5)))[0] == 202
    assert home.deliver(fields, rss(range(4)))[0] == 202
    daemon.wait_for("0 new, 0 changed of 4, brought")
    assert home.titles() == [0, 1, 2, 3, 4]
    # The validators of the feed itself are as they were.
    assert home.feed("etag") == ('"3"',)
    shown = home.diurna("status").stdout
    assert "1 feed is told of by its hub" in shown and "3 deliveries" in shown
    assert "diurna_hub_deliveries_total 3" in home.diurna("status", "--format", "prometheus").stdout
    assert "its hub %s tells of news until" % HUB in home.diurna("log", "1").stdout
    item, = home.sql("SELECT id FROM v_item WHERE title = 'Number 4'")[0]
    assert HUB in home.diurna("explain", str(item)).stdout
    assert json.loads(home.diurna("feeds", "--format", "json").stdout)["hub"] == HUB


def test_link_headers_are_asked_first(home):
    other = "http://hub.example/other"
    home.web.put("news.example", "/feed", page(range(3), Link='<%s>; rel="hub", <%s?x>; rel=self' % (other, FEED)))
    home.set_up()
    home.run_daemon()
    assert home.asked()[0]["hub.topic"] == FEED + "?x"
    assert home.web.requests("hub.example")[0].path == "/other"


def test_off_without_a_callback(home):
    home.web.put("news.example", "/feed", page(range(3)))
    home.set_up(websub={"callback": "", "listen": ""})
    home.once()
    assert home.web.requests("hub.example") == [] and home.push("*") is None


def test_polls_slow_down_while_it_tells(home):
    daemon, fields = subscribed(home, poll={"interval-max": "3h"})
    home.set_clock(START + 4 * HOUR)
    wait_until(lambda: len(home.web.requests("news.example", "/feed")) == 2, "the poll that was planned")
    wait_until(lambda: home.feed("last_poll_at")[0] > START, "its record")
    next_at, = home.feed("next_at")
    assert next_at >= START + 4 * HOUR + DAY
    # At the end of the lease, if nobody renews it, it is polled as before.
    home.hub_says = Page("", status=500)
    home.set_clock(START + 11 * DAY)
    wait_until(lambda: home.feed("last_poll_at")[0] > START + 10 * DAY, "a poll after the lease")
    assert home.feed("next_at")[0] < START + 11 * DAY + 4 * HOUR


@pytest.mark.parametrize("signature", ["", "sha256=" + 64 * "0", "md5=" + 32 * "0", "sha1", "=", "sha512=zz"])
def test_what_is_not_signed_is_acknowledged_and_ignored(home, signature):
    daemon, fields = subscribed(home)
    assert home.deliver(fields, rss(range(9)), signature=signature or False)[0] == 202
    daemon.wait_for("has not signed")
    home.wait_sql("SELECT rejected, deliveries FROM push", [(1, 0)])
    assert home.titles() == [0, 1, 2]


@pytest.mark.parametrize("method", ["sha1", "sha384", "sha512"])
def test_every_method_of_signing(home, method):
    daemon, fields = subscribed(home)
    assert home.deliver(fields, rss(range(4)), method=method)[0] == 202
    daemon.wait_for("1 new")


def test_intents_that_are_not_ours(home):
    home.web.put("news.example", "/feed", page(range(3)))
    home.set_up()
    daemon = home.run_daemon()
    fields = home.asked()[0]
    other = {**fields, "hub.callback": fields["hub.callback"][:-1] + "~"}
    guessed = {**fields, "hub.callback": fields["hub.callback"][:-43] + 43 * "A"}
    for wrong in (other, guessed):
        assert home.ask_back(wrong)[0] == 404
        assert home.deliver(wrong, rss(range(9)))[0] in (404, 410)
    assert home.ask_back(fields, **{"hub.topic": "http://other.example/"})[0] == 404
    assert home.ask_back(fields, **{"hub.challenge": None})[0] == 404
    assert home.ask_back(fields, **{"hub.challenge": 5000 * "x"})[0] == 404
    assert home.ask_back(fields, **{"hub.mode": "unsubscribe"})[0] == 404
    assert home.ask_back(fields, **{"hub.mode": "please"})[0] == 404
    assert home.send("GET", "/")[0] == 404 and home.send("DELETE", home.path_of(fields))[0] == 405
    wait_until(lambda: home.push("state") == ("asked",), "the hub's answer to be stored, and no more")
    for lease in ("-1", "99999999999999999999", "soon"):
        assert home.ask_back(fields, **{"hub.lease_seconds": lease})[0] == 200
    until, = home.feed("push_until")
    assert START < until <= START + 30 * DAY
    daemon.stop()
    assert home.titles() == [0, 1, 2]


def test_bodies_that_are_too_large_or_no_feeds(home):
    daemon, fields = subscribed(home)
    connection = OverUnix(home.path("hubs"))
    connection.putrequest("POST", home.path_of(fields))
    connection.putheader("Content-Length", str(1 << 40))
    connection.endheaders()
    assert connection.getresponse().status == 413
    connection.close()
    polls = len(home.web.requests("news.example", "/feed"))
    home.set_clock(START + 2 * HOUR)
    assert home.deliver(fields, "\0\xff<rss<<" * 1000)[0] == 202
    daemon.wait_for("no feed; it is polled")
    wait_until(lambda: len(home.web.requests("news.example", "/feed")) > polls, "a poll instead")
    assert home.deliver(fields, rss([7]))[0] == 202
    daemon.wait_for("1 new, 0 changed of 1, brought")


def test_the_lease_is_renewed_before_its_end(home):
    daemon, fields = subscribed(home)
    due, = home.push("due_at")
    assert START + 7.5 * DAY <= due <= START + 9 * DAY
    home.set_clock(START + 9 * DAY)
    again = home.asked(2)[1]
    assert again == fields
    assert home.ask_back(again)[0] == 200
    home.wait_sql("SELECT push_until FROM feed", [(START + 19 * DAY,)])


def test_the_lease_is_renewed_though_the_clock_was_set_back(home):
    """Nine of its ten days have passed, whatever the clock said; also where the daemon did not run meanwhile."""
    daemon, _ = subscribed(home)
    home.set_clock(START - 4 * DAY)
    daemon.wait_for("clock: set back by 4 d")
    # The clock of the test stands still: by as much as a second may have passed since it was looked at.
    home.wait_sql("SELECT lease_until BETWEEN %d AND %d, lease_until = (SELECT push_until FROM feed) FROM push" % (
        START + 6 * DAY - 60, START + 6 * DAY), [(1, 1)])
    assert len(home.asked()) == 1
    home.set_clock(START + 5 * DAY)
    fields = home.asked(2)[1]
    assert home.ask_back(fields)[0] == 200
    home.wait_sql("SELECT push_until FROM feed", [(START + 15 * DAY,)])
    assert daemon.stop() == 0

    home.set_clock(START)
    daemon = home.run_daemon()
    fields = home.asked(3)[2]
    assert home.feed("push_until") == (0,), "polled as usual meanwhile"
    assert home.ask_back(fields)[0] == 200
    home.wait_sql("SELECT push_until FROM feed", [(START + 10 * DAY,)])
    daemon.process.send_signal(signal.SIGHUP)
    daemon.wait_for("reloaded")
    home.wait_sql("SELECT due_at > %d FROM push" % (START + 7 * DAY), [(1,)])
    assert daemon.stop() == 0


def test_a_hub_that_denies(home):
    daemon, fields = subscribed(home)
    home.set_clock(START + 3 * HOUR)
    wait_until(lambda: home.feed("last_poll_at")[0] > START, "a slow poll")
    assert home.ask_back(fields, **{"hub.mode": "denied", "hub.reason": "no \033[31mmore" + "é" * 5000,
                                     "hub.challenge": None})[0] == 200
    line = daemon.wait_for("does not want to tell")
    assert "\033" not in line
    assert home.push("length(CAST(error AS BLOB)) BETWEEN 250 AND 300") == (1,)
    assert home.push("state") == ("denied",) and home.feed("push_until") == (0,)
    assert home.feed("next_at")[0] < START + 3 * HOUR + DAY
    assert home.deliver(fields, rss(range(9)))[0] == 410
    # Asked again after a week.
    home.set_clock(START + 8 * DAY)
    home.asked(2)


def test_a_hub_that_fails_costs_nothing(home):
    home.hub_says = Page("no", status=500)
    home.web.put("news.example", "/feed", page(range(3)), page(range(4)))
    home.set_up()
    daemon = home.run_daemon()
    home.asked()
    daemon.wait_for("HTTP 500.*polled as before")
    home.wait_sql("SELECT state, tries FROM push", [("wanted", 1)])
    home.set_clock(START + 3 * HOUR)
    home.asked(2)
    wait_until(lambda: home.titles() == [0, 1, 2, 3], "the poll")
    home.wait_sql("SELECT tries FROM push", [(2,)])
    assert len(home.asked()) == 2


def test_a_hub_that_is_silent_is_not_relied_upon(home):
    daemon, fields = subscribed(home, *[page(range(3 + n)) for n in range(6)])
    for day in range(1, 4):
        home.set_clock(START + day * (DAY + 2 * HOUR))
        wait_until(lambda: home.feed("last_poll_at")[0] >= START + day * (DAY + 2 * HOUR), "poll %d" % day)
    assert daemon.said("did not tell of what is new")
    assert home.feed("push_until") == (0,)
    # Until it tells again.
    assert home.deliver(fields, rss([77]))[0] == 202
    home.wait_sql("SELECT push_until FROM feed", [(START + 10 * DAY,)])


def test_a_feed_that_leaves(home):
    daemon, fields = subscribed(home)
    home.set_up("http://other.example/feed")
    daemon.signal(signal.SIGHUP)
    leaving = home.asked(2)[1]
    assert leaving["hub.mode"] == "unsubscribe" and leaving["hub.callback"] == fields["hub.callback"]
    assert "hub.secret" not in leaving
    assert home.deliver(fields, rss(range(9)))[0] == 410
    assert home.ask_back(fields)[0] == 404
    assert home.ask_back(leaving, **{"hub.lease_seconds": None})[0] == 200
    home.wait_sql("SELECT count(*) FROM push", [(0,)])
    assert home.ask_back(leaving)[0] == 404


def test_a_feed_that_names_no_hub_any_more(home):
    daemon, fields = subscribed(home, page(range(3)), page(range(4), head=""))
    home.set_clock(START + 2 * DAY)
    assert home.asked(2)[1]["hub.mode"] == "unsubscribe"


def test_a_restart_asks_nothing_twice(home):
    home.web.put("news.example", "/feed", page(range(3)))
    home.set_up()
    daemon = home.run_daemon()
    fields = home.asked()[0]
    daemon.wait_for("was asked to tell of news")
    daemon.signal(signal.SIGKILL)
    daemon.wait()
    daemon = home.run_daemon()
    assert home.ask_back(fields)[0] == 200
    daemon.signal(signal.SIGKILL)
    daemon.wait()
    daemon = home.run_daemon()
    assert home.push("state") == ("active",)
    assert home.deliver(fields, rss(range(4)))[0] == 202
    daemon.wait_for("1 new")
    assert len(home.asked()) == 1


def test_a_hub_that_asks_back_before_it_answers(home):
    """What it granted then counts: it is not asked again until that ends."""
    def answer(request):
        fields = dict(urllib.parse.parse_qsl(request.body.decode()))
        assert home.ask_back(fields)[0] == 200
        return Page("", status=202)
    home.web.set_handler("hub.example", answer)
    home.web.put("news.example", "/feed", page(range(3)))
    home.set_up()
    daemon = home.run_daemon()
    daemon.wait_for("was asked to tell of news")
    assert home.push("state, tries") == ("active", 0)
    assert home.push("due_at")[0] >= START + 7 * DAY
    home.set_clock(START + 3 * HOUR)
    wait_until(lambda: home.feed("last_poll_at")[0] > START, "a poll")
    assert len(home.asked()) == 1


def test_a_body_that_does_not_come_holds_up_nobody(home):
    daemon, fields = subscribed(home)
    slow = [OverUnix(home.path("hubs")) for _ in range(10)]
    for connection in slow:
        connection.putrequest("POST", home.path_of(fields))
        connection.putheader("Content-Length", "5000000")
        connection.endheaders(b"<rss>")
    assert home.deliver(fields, rss(range(5)))[0] == 202
    daemon.wait_for("2 new")
    for connection in slow:
        connection.close()
    assert home.deliver(fields, rss(range(6)))[0] == 202
    daemon.wait_for("1 new, 0 changed of 6")


def test_who_only_sits_there_makes_room(home):
    """More than it takes at a time, each with half a request, and it goes on sending."""
    daemon, fields = subscribed(home)
    body = socket.socket(socket.AF_UNIX)
    body.connect(home.path("hubs"))
    body.sendall(b"POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n<rss>" %
                 home.path_of(fields).encode())
    sitting = []
    for n in range(100):
        sitting.append(socket.socket(socket.AF_UNIX))
        sitting[-1].settimeout(30)
        wait_until(lambda: sitting[-1].connect_ex(home.path("hubs")) == 0, "a place in the queue")
        sitting[-1].sendall(b"GET / HTTP/1.1\r\nHost: x\r\n")
        body.sendall(b" ")

    def is_taken(numbers):
        try:
            return home.deliver(fields, rss(numbers))[0] == 202
        except BlockingIOError:  # all places in the queue are taken
            return False
    for n in range(5):
        wait_until(lambda: is_taken(range(4 + n)), "a delivery that is taken", 20)
        sitting[-1].sendall(b"X: y\r\n")
        body.sendall(b" ")
    home.wait_sql("SELECT count(*) FROM item", [(8,)])
    assert sitting[0].recv(1) == b""
    # Whoever brings what is wanted stays longer, as far as there is room.
    body.settimeout(0.2)
    with pytest.raises(TimeoutError):
        body.recv(1)
    for client in (*sitting, body):
        client.close()
    assert daemon.stop() == 0


def test_a_flood_of_forged_deliveries_is_told_in_few_lines(home):
    daemon, fields = subscribed(home)
    for n in range(20):
        home.deliver(fields, rss(range(9)), signature="sha256=" + 64 * "0")
    home.wait_sql("SELECT rejected FROM push", [(20,)])
    daemon.wait_for("has not signed, for the 16. time")
    assert daemon.log.count("has not signed") == 5


def test_a_callback_that_comes_with_a_reload(home):
    home.web.put("news.example", "/feed", page(range(3)))
    home.set_up(websub={"callback": "", "listen": ""})
    daemon = home.run_daemon()
    home.set_up()
    daemon.signal(signal.SIGHUP)
    daemon.wait_for("hubs are asked and heard after a restart")


def test_another_callback_is_told_to_the_hub(home):
    daemon, fields = subscribed(home)
    home.set_up(websub={"callback": "https://new.example/"})
    daemon.signal(signal.SIGHUP)
    again = home.asked(2)[1]
    assert again["hub.callback"] == "https://new.example/websub/" + fields["hub.callback"].rpartition("/")[2]
    home.ask_back(again)
    # Without one nothing is kept.
    home.set_up(websub={"callback": "", "listen": ""})
    daemon.signal(signal.SIGHUP)
    home.wait_sql("SELECT count(*) FROM push", [(0,)])
    assert home.feed("push_until") == (0,)
    assert home.deliver(fields, rss(range(9)))[0] == 410


def test_a_hub_on_a_private_address_is_not_asked(home):
    home.web.put("news.example", "/feed", page(range(3), head=links(hub="http://10.1.2.3/hub")))
    home.set_up()
    daemon = home.run_daemon()
    assert "private" in daemon.wait_for("its hub http://10.1.2.3/hub")


def test_redirects_of_a_hub(home):
    home.hub_says = None
    home.web.put("hub.example", "/hub", Page("", status=307, headers={"Location": "http://hub.example/there"}))
    home.web.put("hub.example", "/there", Page("", status=302, headers={"Location": "http://hub.example/get"}))
    home.web.put("news.example", "/feed", page(range(3)))
    home.set_up()
    daemon = home.run_daemon()
    first, second = home.asked(2)
    assert first == second
    daemon.wait_for("a redirect that is not for a POST")
    assert [r.method for r in home.web.requests("hub.example")] == ["POST", "POST"]


def test_sockets_of_systemd(home):
    """Each has its name, and what hubs come to answers nobody else."""
    home.web.put("news.example", "/feed", page(range(3)))
    home.set_up(websub={"listen": ""})
    with socket.socket() as web, socket.socket() as hubs:
        for listening in (web, hubs):
            listening.bind(("127.0.0.1", 0))
            listening.listen(8)
            os.set_inheritable(listening.fileno(), True)
        script = ("exec 3<&%d 4<&%d; LISTEN_FDS=2 LISTEN_FDNAMES=diurnad.socket:websub LISTEN_PID=$$ "
                  "exec %s --config %s" % (web.fileno(), hubs.fileno(), program("diurnad"), home.config))
        daemon = Daemon(subprocess.Popen(["bash", "-c", script], env=home.env, close_fds=False,
                                         stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True))
        home.daemons.append(daemon)
        daemon.wait_for("^.*web: listening on a socket of systemd")
        daemon.wait_for("websub: listening on a socket of systemd")
        path = home.path_of(home.asked()[0])
        assert [over_port(s, p) for s in (web, hubs) for p in ("/", path)] == [401, 404, 404, 404]
        assert over_port(hubs, path + "?hub.mode=subscribe&hub.challenge=x&hub.topic=" +
                         urllib.parse.quote(FEED)) == 200


def over_port(listening, path):
    connection = http.client.HTTPConnection("127.0.0.1", listening.getsockname()[1], timeout=30)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    finally:
        connection.close()


def test_hubs_come_to_the_web_listener_too(home):
    """Without a password; what else is there still wants one, before a byte of a body is taken."""
    home.web.put("news.example", "/feed", page(range(3)))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with open(home.path("secret"), "w", encoding="ascii") as file:
        file.write("word\n")
    home.set_up(websub={"listen": ""}, extra='web {\nlisten = "127.0.0.1:%d"\npassword-file = "secret"\n}\n' % port)
    daemon = home.run_daemon()
    fields = home.asked()[0]
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    body = rss(range(4)).encode()
    connection.request("POST", home.path_of(fields), body, {
        "X-Hub-Signature": "sha256=" + hmac.new(fields["hub.secret"].encode(), body, hashlib.sha256).hexdigest()})
    assert connection.getresponse().status == 202
    connection.close()
    daemon.wait_for("1 new, 0 changed of 4, brought")
    for path, status in (("/search", 401), ("/reader/api/0/edit-tag", 401), ("/websub/" + 43 * "A", 410)):
        connection.putrequest("POST", path)
        connection.putheader("Content-Length", "1000000")
        connection.endheaders()
        assert connection.getresponse().status == status, path
        connection.close()
