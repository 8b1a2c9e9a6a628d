"""The manners, line by line: what a server sees of a month.

One daemon's round is played at each of the times below, to a web in which every line of
doc/manners.md has hosts of its own; the tests then read the log of requests. What depends on
connections and seconds (gaps, reuse, pauses) is watched in tests/diurnad/test_dispatch.c.
"""

import base64
import email.utils
import json

import pytest

from diurna import Home
from sites import Page, Sites

HOUR = 3600
DAY = 24 * HOUR
START = 1_798_416_000  # a Monday, 00:00 GMT
RESTARTS = 20
# Undated entries say nothing of a rhythm: such a feed is polled every two hours, and a bit.
TIMES = (0, HOUR // 2, 3 * HOUR, 6 * HOUR, 9 * HOUR, 12 * HOUR, 30 * HOUR, 56 * HOUR, 80 * HOUR,
         8 * DAY, 12 * DAY, 31 * DAY)
FIRST, SOON, H3, H6, H9, H12, H30, H56, H80, D8, D12, D31 = range(len(TIMES))


def rss(name, head="", entries=2, links=(), dates=()):
    items = "".join(
        "<item><title>%s no. %d</title><guid isPermaLink='false'>%s-%d</guid>%s%s</item>" % (
            name, n, name, n,
            "<link>%s</link>" % links[n] if n < len(links) else "",
            "<pubDate>%s</pubDate>" % email.utils.formatdate(dates[n]) if n < len(dates) else "")
        for n in range(max(entries, len(links), len(dates))))
    return ("<rss version='2.0' xmlns:sy='http://purl.org/rss/1.0/modules/syndication/'><channel>"
            "<title>%s</title><description>d</description>%s%s</channel></rss>") % (name, head, items)


def page(name, head="", status=200, etag=None, last_modified=None, body=None, **headers):
    headers = {k.replace("_", "-"): v for k, v in headers.items()}
    return Page(rss(name, head) if body is None else body, "application/rss+xml", status=status,
                etag=etag, last_modified=last_modified, headers=headers)


class Month:
    """The log, cut into rounds."""

    def __init__(self, folder):
        self.web = Sites()
        self.home = Home(folder, self.web)
        self.urls, self.blocks, self.rounds = [], [], []
        self.script()
        self.home.configure({"All": self.urls}, digest={"max-first": 1000},
                            top={"fulltext": False}, network={"contact": "https://paper.example/bot"})
        with open(self.home.config, "a", encoding="utf-8") as file:
            file.write("\n".join(self.blocks))

    def put(self, name, *pages, path="/feed", subscribe=True):
        host = name + ".example"
        self.web.put(host, path, *pages)
        if subscribe:
            self.urls.append("http://%s%s" % (host, path))

    def script(self):
        moved = {"Location": "http://line30-new.example/feed"}
        self.put("line1", page("one"))
        self.put("line2", page("two", etag='"2"', last_modified=START - HOUR))
        self.put("line3", page("three", etag='W/"a, \t b"', last_modified="the 25th hour, GMT+61"))
        self.put("line4", page("four", etag='"4"', last_modified=START - HOUR),
                 page("four, again", etag='"4b"'), page("four, at last"))
        self.put("line5", *[page("five", etag='"5-%d"' % n) for n in range(3)])
        self.put("line6", page("six", etag='"6"', Cache_Control="max-age=60"),
                 page("", status=304, etag='"6b"', Cache_Control="max-age=18000"),
                 page("", status=304))
        self.put("line7", page("seven", etag='"7"'), page("", status=500), page("", status=404),
                 page("", status=304))
        self.put("line8", page("eight", etag='"8"'), page("", etag='"8b"', body="<rss><channel"),
                 page("", status=304))
        self.put("line9", page("", status=302, Location="http://line9-end.example/feed"))
        self.put("line9-end", page("nine", etag='"9"'), subscribe=False)
        self.put("line12", page("twelve", etag='"12"', Cache_Control="max-age=27000", Age="10000"))
        self.put("line13", page("thirteen", etag='"13"', Cache_Control="no-cache, max-age=315360000"))
        self.put("line14", page("fourteen", etag='"14"', Cache_Control="no-store"))
        self.put("line15", page("fifteen", etag='"15"', Cache_Control="max-age=315360000, immutable"))
        self.put("line15-wait", page("", status=503, Retry_After=str(20 * DAY)),
                 page("fifteen waited", etag='"15w"'))
        self.put("line16", page("sixteen", last_modified=START - 30 * DAY))
        lively = rss("lively", dates=[START - 60 * n for n in range(20)])
        self.put("line17", page("", body=lively, etag='"17"'))
        self.put("line17-blind", page("blind"))
        self.put("line18", page("eighteen", "<ttl>600</ttl>", etag='"18"'))
        self.put("line18-sy", page("daily", "<sy:updatePeriod>daily</sy:updatePeriod>", etag='"18s"'))
        hours = "".join("<hour>%d</hour>" % n for n in range(2, 8))
        self.put("line19", page("nineteen", "<skipHours>%s</skipHours>" % hours, etag='"19"'))
        self.put("line19-day", page("no Tuesday", "<skipDays><day>Tuesday</day></skipDays>", etag='"19d"'))
        for n in range(20):
            self.put("line21", page("feed %d" % n, etag='"21-%d"' % n), path="/feed%d" % n)
        limits = iter([page("", status=429, Retry_After="17000")])
        self.web.set_handler("line23.example", lambda request: next(limits, page("slow", etag='"23"')))
        self.urls += ["http://line23.example/a", "http://line23.example/b"]
        self.put("line23-date", page("", status=429, Date=email.utils.formatdate(START, usegmt=True),
                                     Retry_After=email.utils.formatdate(START + 17000, usegmt=True)),
                 page("dated", etag='"23d"'))
        self.put("line23-bare", page("", status=429), page("bare", etag='"23n"'))
        self.put("line24", page("", status=503, Retry_After="17000"), page("busy", etag='"24"'))
        self.put("line24-redirect", page("", status=302, Retry_After="17000", Location="/there"),
                 page("waited", etag='"24r"'))
        self.put("line25", page("", status=500))
        self.put("line26", page("", status=404))
        self.put("line26-403", page("", status=403))
        self.put("line27", page("", status=410))
        self.put("line28", page("", body="<!doctype html><title>Sign in</title><p>Who are you?", etag='"28"'))
        self.put("line30", page("", status=301, **moved))
        self.put("line30-new", page("moved", etag='"30"'), subscribe=False)
        self.put("line30-302", page("", status=302, Location="http://line30-there.example/feed"))
        self.put("line30-there", page("there", etag='"30t"'), subscribe=False)
        self.put("line30-html", page("", status=301, Location="http://line30-closed.example/"))
        self.put("line30-closed", page("", body="<!doctype html><title>Closed</title>"), path="/", subscribe=False)
        self.put("line30-loop", page("", status=301, Location="/feed2"))
        self.put("line30-loop", page("", status=301, Location="/feed"), path="/feed2", subscribe=False)
        self.put("line31", page("same", etag='"31"'))
        self.urls.append("http://LINE31.example:80/feed#part")
        for name in ("line31-a", "line31-b"):
            self.put(name, page("", status=308, Location="http://line31-end.example/feed"))
        self.put("line31-end", page("end", etag='"31e"'), subscribe=False)
        self.put("line34", page("", status=302, Location="http://line34-other.example/feed"))
        self.put("line34-other", page("other", etag='"34"'), subscribe=False)
        with open(self.home.path("secret"), "w", encoding="ascii") as file:
            file.write("pass word\n")
        self.blocks.append('feed "http://line34.example/feed" { user = "me" password-file = "secret" '
                           'cookie-file = "secret" headers = {"X-Key: k"} }')
        self.put("line35", page("thirty-five", etag='"35"'), path="/Feed%7E;x?B=2&a=%2f&&c")
        self.web.put("line35-user.example", "/feed", page("user", etag='"35u"'))
        self.urls.append("http://reader:a%20b@line35-user.example/feed")
        links = ["http://line37.example/page%d?utm_source=feed" % n for n in range(2)]
        self.put("line37", page("", body=rss("pages", links=links, dates=[START - 60, START - 120]), etag='"37"'))
        text = "<p>%s</p>" % ("A page with enough words to be an article about something. " * 20)
        self.web.put("line37.example", "/page0?utm_source=feed", Page("<title>p</title><article>%s</article>" % text))
        self.web.put("line37.example", "/page1?utm_source=feed", Page("", status=500))
        links = ["http://line38.example/%s/page" % part for part in ("open", "closed")]
        self.put("line38", page("", body=rss("robots", links=links, dates=[START - 60, START - 120]), etag='"38"'),
                 path="/closed/feed")
        self.web.put("line38.example", "/robots.txt", Page("User-agent: diurna\nDisallow: /closed\n", "text/plain"))
        self.web.put("line38.example", "/open/page", Page("<title>p</title><article>%s</article>" % text))
        for name, path in (("line37", "/feed"), ("line38", "/closed/feed")):
            self.blocks.append('feed "http://%s.example%s" { fulltext = true }' % (name, path))

    def play(self):
        for at in TIMES:
            self.home.set_clock(START + at)
            mark = self.web.mark()
            self.home.once()
            if at == 0:
                self.restarts = self.web.mark()
                for _ in range(RESTARTS):
                    self.home.once()
                self.restarts = self.web.requests(since=self.restarts)
            self.rounds.append(self.web.requests(since=mark))
        mark = self.web.mark()
        self.home.once("--force", "http://line15.example/feed")
        self.forced = self.web.requests(since=mark)

    def asked(self, name):
        """The rounds in which this host was asked, once for each request."""
        return [n for n, requests in enumerate(self.rounds) for r in requests if r.host == name + ".example"]

    def of(self, name, path=None):
        return self.web.requests(name + ".example", path)

    def all(self):
        return self.web.requests()


@pytest.fixture(scope="module")
def month(tmp_path_factory):
    made = Month(tmp_path_factory.mktemp("m"))
    made.play()
    yield made
    made.home.close()
    made.web.close()


def test_health_says_what_needs_a_person(month):
    month.home.set_clock(START + 29 * DAY)
    done = month.home.diurna("health")
    month.home.set_clock(START + 31 * DAY)
    assert done.returncode == 1
    told = {line.split("/")[2] for line in done.stdout.splitlines() if "http://" in line}
    assert {"line26.example", "line26-403.example", "line27.example", "line28.example", "line25.example"} <= told
    assert "wants a login" in done.stdout and "gone for good" in done.stdout
    # Where it is fine, or moved, nobody has to do anything.
    assert not {"line2.example", "line30.example", "line5.example"} & told
    found = month.home.diurna("feeds", "--format", "json").stdout
    moved = [row for row in map(json.loads, found.splitlines()) if row["url"] == "http://line30.example/feed"]
    assert moved[0]["fetch_url"] == "http://line30-new.example/feed"


def tags(requests):
    return [(r.headers.get("if-none-match"), r.headers.get("if-modified-since")) for r in requests]


def test_line_01_one_request_without_conditions(month):
    for url in month.urls:
        assert url.partition("//")[2]
    assert month.asked("line1").count(FIRST) == 1
    assert [r for r in month.rounds[FIRST] if r.is_conditional and r.host != "line9-end.example"] == []


def test_line_02_conditions_after_validators(month):
    modified = email.utils.formatdate(START - HOUR, usegmt=True)
    assert tags(month.of("line2"))[1:] == [('"2"', modified)] * (len(month.of("line2")) - 1)


def test_line_03_byte_for_byte(month):
    assert tags(month.of("line3"))[1] == ('W/"a, \t b"', "the 25th hour, GMT+61")


def test_line_04_validators_are_one_set(month):
    modified = email.utils.formatdate(START - HOUR, usegmt=True)
    assert tags(month.of("line4"))[:4] == [(None, None), ('"4"', modified), ('"4b"', None), (None, None)]


def test_line_05_equal_body_replaces_validators(month):
    assert [tag for tag, _ in tags(month.of("line5"))[:4]] == [None, '"5-0"', '"5-1"', '"5-2"']


def test_line_06_a_304_updates_what_it_carries(month):
    assert [tag for tag, _ in tags(month.of("line6"))[:3]] == [None, '"6"', '"6b"']
    # 18,000 s after the first 304, and again after the second, which does not say it.
    assert month.asked("line6")[:4] == [FIRST, H3, H9, H30]


def test_line_07_validators_survive_errors_and_restarts(month):
    assert [r.status for r in month.of("line7")][:4] == [200, 500, 404, 304]
    assert [tag for tag, _ in tags(month.of("line7"))][1:] == ['"7"'] * (len(month.of("line7")) - 1)


def test_line_08_no_validators_without_entries(month):
    assert [tag for tag, _ in tags(month.of("line8"))[:3]] == [None, '"8"', '"8"']


def test_line_09_validators_belong_to_their_url(month):
    assert all(not r.is_conditional for r in month.of("line9"))
    assert [tag for tag, _ in tags(month.of("line9-end"))[:2]] == [None, '"9"']


def test_line_10_no_unconditional_request_later(month):
    for name in ("line2", "line3", "line5", "line6", "line13", "line15", "line18"):
        assert len(month.of(name)) > 1
        assert all(r.is_conditional for r in month.of(name)[1:]), name


def test_line_11_nothing_that_a_poller_does_not_need(month):
    for request in month.all():
        assert request.method == "GET"
        assert not {"cache-control", "pragma", "if-match", "range"} & set(request.headers), request


def test_line_12_not_before_freshness_has_passed(month):
    assert month.asked("line12")[:2] == [FIRST, H6]


def test_line_13_no_cache_means_our_interval(month):
    assert month.asked("line13")[:3] == [FIRST, H3, H6]


def test_line_14_no_store_keeps_no_validators(month):
    assert month.asked("line14")[:2] == [FIRST, H30]
    assert all(not r.is_conditional for r in month.of("line14"))


def test_line_15_limits_of_waiting(month):
    assert month.asked("line15")[:2] == [FIRST, D8]
    assert month.asked("line15-wait") == [FIRST, D31]


def test_line_16_a_tenth_of_the_age(month):
    assert month.asked("line16")[:2] == [FIRST, H30]


def test_line_17_floors(month):
    assert month.asked("line17")[:2] == [FIRST, H3]
    assert month.asked("line17-blind")[:2] == [FIRST, H30]


def test_line_18_ttl_and_sy_raise_the_interval(month):
    assert month.asked("line18")[:2] == [FIRST, H12]
    assert month.asked("line18-sy")[:2] == [FIRST, H30]


def test_line_19_skipped_hours_and_days(month):
    assert month.asked("line19")[:2] == [FIRST, H9]
    assert H12 in month.asked("line19-day")
    assert H30 not in month.asked("line19-day") and H56 in month.asked("line19-day")


def test_line_20_restarts_ask_nothing(month):
    assert month.restarts == []


def test_line_21_jitter_takes_feeds_out_of_step(month):
    due = [n for n, in month.home.sql("SELECT next_at - last_poll_at FROM feed WHERE url LIKE '%line21%'")]
    assert len(due) == 20 and len(set(due)) > 10
    assert min(due) >= 2 * HOUR


def test_line_22_forced_is_still_conditional(month):
    assert [r.host for r in month.forced] == ["line15.example"]
    assert month.forced[0].is_conditional


def test_line_23_429_pauses_the_host(month):
    assert month.asked("line23").count(FIRST) == 1
    assert [n for n in month.asked("line23") if n in (SOON, H3)] == []
    assert month.asked("line23").count(H6) == 2
    assert month.asked("line23-date")[:2] == [FIRST, H6]
    assert SOON not in month.asked("line23-bare") and H3 in month.asked("line23-bare")


def test_line_24_503_and_redirects_that_ask_to_wait(month):
    assert month.asked("line24")[:2] == [FIRST, H6]
    assert month.asked("line24-redirect")[:2] == [FIRST, H6]
    assert month.of("line24-redirect", "/there") == []


def test_line_25_back_off(month):
    assert month.asked("line25")[:4] == [FIRST, H3, H9, H30]


def test_line_26_refusals_become_daily(month):
    for name in ("line26", "line26-403"):
        assert month.asked(name)[:2] == [FIRST, H30]
    assert month.home.sql("SELECT failures > 3 FROM feed WHERE url LIKE '%line26.%'") == [(1,)]


def test_line_27_gone_is_left_alone(month):
    assert month.asked("line27") == [FIRST]
    assert month.home.sql("SELECT state FROM feed WHERE url LIKE '%line27%'") == [("gone",)]


def test_line_28_a_page_is_no_feed(month):
    assert all(not r.is_conditional for r in month.of("line28"))
    assert len(month.of("line28")) < len(month.of("line2"))
    assert month.home.sql("SELECT outcome FROM v_feed WHERE url LIKE '%line28%'") == [("not-a-feed",)]


def test_line_30_moves(month):
    assert month.asked("line30")[-1] < D12
    assert D12 in month.asked("line30-new") and D31 in month.asked("line30-new")
    assert month.asked("line30-302") == month.asked("line30-there")
    assert month.home.sql("SELECT count(*) FROM feed WHERE fetch_url LIKE '%closed%'") == [(0,)]
    assert len(month.of("line30-loop")) == 2 * len(month.of("line30-loop", "/feed"))


def test_line_31_one_place_is_asked_once(month):
    asked = month.asked("line31")
    assert len(asked) == len(set(asked)) > 3
    last = month.asked("line31-end")
    assert last.count(H3) == 2 and last.count(D31) == 1
    rows = month.home.sql("SELECT polls, items, failures FROM feed WHERE url LIKE '%line31.%' ORDER BY id")
    assert rows[0][0] == rows[1][0]
    seen = month.home.sql("SELECT feed_url, count(*) FROM v_sighting WHERE feed_url LIKE '%line31%' GROUP BY 1")
    assert [count for _, count in seen] == [2] * 4


def test_line_32_who_asks(month):
    agents = {r.headers["user-agent"] for r in month.all()}
    assert len(agents) == 1
    agent = agents.pop()
    assert agent.startswith("diurna/") and agent.endswith(" (+https://paper.example/bot)")


def test_line_33_what_is_accepted(month):
    for request in month.of("line2"):
        assert request.headers["accept"].startswith("application/atom+xml, application/rss+xml")
        assert "gzip" in request.headers["accept-encoding"]
        assert "a-im" not in request.headers


def test_line_34_secrets_stay_with_their_origin(month):
    secret = "Basic " + base64.b64encode(b"me:pass word").decode()
    for request in month.of("line34"):
        assert request.headers["authorization"] == secret
        assert request.headers["cookie"] == "pass word" and request.headers["x-key"] == "k"
    for request in month.all():
        assert "referer" not in request.headers
        if request.host not in ("line34.example", "line35-user.example"):
            assert not {"authorization", "cookie", "x-key"} & set(request.headers), request.host


def test_line_35_urls_as_given(month):
    assert {r.path for r in month.of("line35")} == {"/Feed%7E;x?B=2&a=%2f&&c"}
    assert month.of("line35-user")[0].headers["authorization"] == \
        "Basic " + base64.b64encode(b"reader:a b").decode()
    guessed = [r.path for r in month.all() if r.path in ("/favicon.ico", "/rss", "/atom.xml", "/index.xml")]
    assert guessed == []


def test_line_37_pages_once(month):
    assert len(month.of("line37", "/page0?utm_source=feed")) == 1
    assert 2 <= len(month.of("line37", "/page1?utm_source=feed")) <= 4
    assert D31 not in [n for n, round in enumerate(month.rounds) for r in round if r.path.startswith("/page")]


def test_line_38_robots_before_pages(month):
    paths = [r.path for r in month.of("line38")]
    assert paths.count("/robots.txt") == 1 and paths.count("/open/page") == 1
    assert paths.index("/robots.txt") < paths.index("/open/page")
    assert "/closed/page" not in paths
    assert paths.count("/closed/feed") > 3
    robots = {r.host for r in month.all() if r.path == "/robots.txt"}
    assert robots == {"line37.example", "line38.example"}


def test_a_feed_is_asked_before_the_edition_rather_than_after(home, web):
    """At noon a feed that is asked once a day: again in the hour before half past six."""
    noon = START + 12 * HOUR
    for name, headers in (("blog", {}), ("fresh", {"Cache-Control": "max-age=%d" % (20 * HOUR)})):
        web.put(name + ".example", "/feed", page(name, body=rss(name, dates=[START - 100 * DAY]), etag='"1"', **headers))
    home.set_clock(noon)
    home.configure({"All": ["http://blog.example/feed", "http://fresh.example/feed"]},
                   digest={"at": "06:30"}, top={"fulltext": False})
    daemon = home.start()
    daemon.wait_for("feed 1 .*next in")
    daemon.wait_for("feed 2 .*next in")
    assert daemon.stop() == 0
    due = dict(home.sql("SELECT url, next_at - ? FROM v_feed", noon))
    assert 17.5 * HOUR <= due["http://blog.example/feed"] <= 18.5 * HOUR
    # Its server said that there is nothing new before.
    assert due["http://fresh.example/feed"] >= 24 * HOUR
