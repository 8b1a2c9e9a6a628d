"""Older documents of feeds, RFC 5005: walked at the subscription and after a gap, line 40 of the manners."""

import email.utils
import json
import signal

from diurna import Home, wait_until
from sites import Page, Sites

import pytest

HOUR = 3600
DAY = 24 * HOUR
START = 1_798_416_000
HOST = "http://archives.example"


def feed(numbers, links="", flags="", name="a"):
    """An RSS document whose entry n is n hours old at START, when n is negative younger."""
    items = "".join(
        "<item><title>%s number %d</title><guid isPermaLink='false'>%s-%d</guid><link>%s/%s/%d</link>"
        "<pubDate>%s</pubDate><description>Text %d of %s, which says this and that.</description></item>" % (
            name, n, name, n, HOST, name, n, email.utils.formatdate(START - n * HOUR, usegmt=True), n, name) for n in numbers)
    return ("<rss version='2.0' xmlns:atom='http://www.w3.org/2005/Atom' "
            "xmlns:fh='http://purl.org/syndication/history/1.0'><channel><title>%s</title>"
            "<description>d</description>%s%s%s</channel></rss>") % (name, flags, links, items)


def link(rel, url):
    return "<atom:link rel='%s' href='%s'/>" % (rel, url)


def rss(body, **more):
    return Page(body, "application/rss+xml", **more)


@pytest.fixture
def web():
    with Sites() as sites:
        yield sites


@pytest.fixture
def home(tmp_path, web):
    made = Home(tmp_path, web)
    made.set_clock(START)
    yield made
    made.close()


def configure(home, *urls, extra="", **more):
    more.setdefault("digest", {"max-first": 5})
    home.configure({"All": list(urls)}, top={"fulltext": False}, **more)
    with open(home.config, "a", encoding="utf-8") as file:
        file.write(extra)


def asked(web, since=0):
    return [r.path for r in web.requests("archives.example", since=since) if r.path != "/robots.txt"]


def put(web, path, *pages):
    web.put("archives.example", path, *pages)


def titles(home, where="1"):
    return {title for title, in home.sql("SELECT title FROM v_item WHERE %s" % where)}


def numbers(*ns, name="a"):
    return {"%s number %d" % (name, n) for n in ns}


def archived(web, older=4, size=5):
    """/feed with the latest entries; /archive/N, each older, down to 1."""
    first = lambda n: (older - n + 1) * size
    for n in range(1, older + 1):
        links = link("prev-archive", "%s/archive/%d" % (HOST, n - 1)) if n > 1 else ""
        put(web, "/archive/%d" % n, rss(feed(range(first(n), first(n) + size), links, "<fh:archive/>")))
    put(web, "/feed", rss(feed(range(size), link("prev-archive", "%s/archive/%d" % (HOST, older))), etag='"1"'))


def test_line_40_archives_are_walked_once_at_the_subscription(home, web):
    archived(web)
    configure(home, HOST + "/feed")
    home.once()
    assert asked(web) == ["/feed", "/archive/4", "/archive/3", "/archive/2", "/archive/1"]
    assert titles(home) == numbers(*range(25))
    assert not any(r.is_conditional for r in web.requests("archives.example"))
    # Only the latest five are news.
    assert titles(home, "NOT is_backlog") == numbers(*range(5))
    for hours in range(1, 4):
        home.set_clock(START + hours * DAY)
        home.once()
    assert asked(web).count("/archive/4") == 1 and len(asked(web)) == 8


def test_what_is_young_enough_in_an_older_document_is_printed(home, web):
    put(web, "/feed", rss(feed(range(3), link("next", HOST + "/page2"))))
    put(web, "/page2", rss(feed(range(3, 100, 24))))
    configure(home, HOST + "/feed", digest={"max-first": 5, "max-age": "1d"})
    home.once()
    assert titles(home) == numbers(0, 1, 2, 3, 27, 51, 75, 99)
    assert titles(home, "NOT is_backlog") == numbers(0, 1, 2, 3)


def test_a_complete_feed_is_all_there_is(home, web):
    """What is absent from it later stays here, and its links are not followed."""
    put(web, "/feed", rss(feed(range(5), link("next", HOST + "/page2"), "<fh:complete/>")),
        rss(feed(range(-9, -4), link("next", HOST + "/page2"), "<fh:complete/>")))
    configure(home, HOST + "/feed")
    home.once()
    home.set_clock(START + 2 * DAY)
    done = home.once()
    assert asked(web) == ["/feed", "/feed"]
    assert titles(home) == numbers(*range(5), *range(-9, -4))
    assert "missing" not in done.stderr
    assert home.sql("SELECT count(*) FROM walk") == [(0,)]


def test_bounds_of_a_walk(home, web):
    for n in range(2, 9):
        put(web, "/page%d" % n, rss(feed(range(n * 5, n * 5 + 5), link("next", "%s/page%d" % (HOST, n + 1)))))
    put(web, "/feed", rss(feed(range(5), link("next", HOST + "/page2"))))
    put(web, "/feed?b", rss(feed(range(5), link("next", HOST + "/page2?b"), name="b")))
    put(web, "/feed?c", rss(feed(range(5), link("next", HOST + "/page2?c"), name="c")))
    configure(home, HOST + "/feed", HOST + "/feed?b", HOST + "/feed?c", poll={"history": 3},
              extra='feed "%s/feed?b" { history = 0 }\nfeed "%s/feed?c" { history = 1 }\n' % (HOST, HOST))
    put(web, "/page2?c", rss(feed(range(5, 10), link("next", HOST + "/page3?c"), name="c")))
    done = home.once()
    assert sorted(asked(web)) == ["/feed", "/feed?b", "/feed?c", "/page2", "/page2?c", "/page3", "/page4"]
    # A history that ends at its bound is nothing to worry about.
    assert "missing" not in done.stderr
    assert home.sql("SELECT DISTINCT state FROM walk") == [("done",)]


def test_entries_bound_a_walk_too(home, web):
    archived(web)
    configure(home, HOST + "/feed", poll={"history-entries": 8})
    home.once()
    assert asked(web) == ["/feed", "/archive/4", "/archive/3"]


def test_line_40_a_gap_is_walked_to_what_is_known(home, web):
    put(web, "/feed", rss(feed(range(5), link("next", HOST + "/page2"))),
        rss(feed(range(-20, -15), link("next", HOST + "/page2"))))
    put(web, "/page2", rss(feed(range(5, 10))), rss(feed(range(-15, -10), link("next", HOST + "/page3"))))
    put(web, "/page3", rss(feed(range(-10, -5), link("next", HOST + "/page4"))))
    put(web, "/page4", rss(feed(range(-5, 5), link("next", HOST + "/page5"))))
    configure(home, HOST + "/feed")
    home.once()
    mark = web.mark()
    home.set_clock(START + 20 * HOUR + DAY)
    done = home.once("--force")
    assert asked(web, mark) == ["/feed", "/page2", "/page3", "/page4"]
    assert titles(home) == numbers(*range(-20, 10))
    # What came in between is news, whatever number a new feed may print.
    assert titles(home, "NOT is_backlog") == numbers(*range(-20, 5))
    assert "3 older documents read, 15 new" in done.stderr
    assert home.sql("SELECT gap_at, gap, gap_reason, gaps FROM v_feed") == [(0, None, None, 0)]
    mark = web.mark()
    home.set_clock(START + 4 * DAY)
    home.once("--force")
    assert asked(web, mark) == ["/feed"]


def test_an_archive_known_from_before_ends_a_walk(home, web):
    archived(web, older=2)
    configure(home, HOST + "/feed")
    home.once()
    # The entries have new names now, but the archive is the same.
    put(web, "/feed", rss(feed(range(5), link("prev-archive", HOST + "/archive/3"), name="b")))
    put(web, "/archive/3", rss(feed(range(5, 10), link("prev-archive", HOST + "/archive/2"), "<fh:archive/>", name="b")))
    mark = web.mark()
    home.set_clock(START + 2 * DAY)
    home.once("--force")
    assert asked(web, mark) == ["/feed", "/archive/3"]
    assert home.sql("SELECT state, error FROM walk") == [("done", None)]


def gap(home, web, second, name="a"):
    """A feed that shows nothing known the second time; the round's log."""
    put(web, "/feed", rss(feed(range(5), name=name)), rss(second))
    configure(home, HOST + "/feed", digest={"max-first": 5, "at": "00:00", "timezone": "UTC"})
    home.once()
    home.set_clock(START + DAY + HOUR)
    return home.once("--force")


def test_a_gap_that_cannot_be_filled_is_reported(home, web):
    done = gap(home, web, feed(range(-20, -15)))
    assert "none of its 5 entries is known" in done.stderr
    assert home.diurna("health").returncode in (0, 1)
    shown = home.diurna("feeds").stdout
    assert "entries may be missing" in shown and "leads to no older ones" in shown
    row = json.loads(home.diurna("feeds", "--format", "json").stdout)
    assert row["gap"] == "2026-12-29T01:00:00Z" and "no older ones" in row["gap_reason"]
    assert "entries may be missing" in home.diurna("log", "1").stdout
    home.once("--edition")
    page = open(home.path("digests", "2026-12-29", "all.md"), encoding="utf-8").read()
    assert "showed nothing known" in page
    # Later it is history.
    home.set_clock(START + 30 * DAY)
    assert "may be missing" not in home.diurna("feeds").stdout


def test_a_feed_of_one_entry_has_no_gaps(home, web):
    done = gap(home, web, feed([-20]))
    assert "known" not in done.stderr
    assert home.sql("SELECT count(*) FROM walk") == [(0,)]


@pytest.mark.parametrize("fault, links, page, why", [
    ("gone", "next", Page("", status=410), "/page2: gone"),
    ("not there", "prev-archive", Page("", status=404), "404"),
    ("no feed", "next", Page("<title>hello</title>"), "not a feed"),
    ("circle", "next", rss(feed(range(-15, -10), link("next", HOST + "/page2"))), "in a circle"),
    ("its own tail", "next", rss(feed(range(-15, -10), link("next", HOST + "/feed"))), "in a circle"),
    ("elsewhere", "next", rss(feed(range(-15, -10), link("next", "http://other.example/page3"))), "another site"),
    ("no address", "next", rss(feed(range(-15, -10), link("next", "javascript:alert(1)"))), None),
])
def test_faults_on_the_way(home, web, fault, links, page, why):
    put(web, "/page2", page)
    gap(home, web, feed(range(-20, -15), link(links, HOST + "/page2")))
    for hours in (3, 12, 24, 48):
        home.set_clock(START + DAY + hours * HOUR)
        home.once()
    (state, error), = home.sql("SELECT state, error FROM walk")
    if why is None:  # the parser lets no such link through: the chain ends
        assert (state, error) == ("done", None)
    else:
        assert state == "open" and why in error, error
    assert web.requests("other.example") == []
    assert len([p for p in asked(web) if p == "/page2"]) <= 2


def test_an_archive_at_another_site_is_not_asked(home, web):
    put(web, "/feed", rss(feed(range(5), link("next", "http://other.example/page2"))))
    configure(home, HOST + "/feed")
    home.once()
    assert web.requests("other.example") == []
    assert titles(home) == numbers(*range(5))


def test_a_passing_fault_is_tried_again(home, web):
    archived(web, older=1)
    whole, = web.pages["archives.example", "/archive/1"]
    put(web, "/archive/1", Page("", status=503, headers={"Retry-After": "7200"}), whole)
    configure(home, HOST + "/feed")
    home.once()
    assert asked(web) == ["/feed", "/archive/1"]
    home.set_clock(START + HOUR)
    home.once()
    assert asked(web) == ["/feed", "/archive/1"]
    home.set_clock(START + 3 * HOUR)
    home.once()
    assert asked(web).count("/archive/1") == 2
    assert titles(home) == numbers(*range(10))


def test_robots_txt_is_asked_before(home, web):
    archived(web)
    put(web, "/robots.txt", Page("User-agent: *\nDisallow: /archive/\n", "text/plain"))
    configure(home, HOST + "/feed")
    home.once()
    assert asked(web) == ["/feed"]


def test_consent_opens_what_robots_txt_closes(home, web):
    archived(web, older=1)
    put(web, "/robots.txt", Page("User-agent: *\nDisallow: /archive/\n", "text/plain"))
    configure(home, HOST + "/feed", extra='feed "%s/feed" { ignore-robots = true }\n' % HOST)
    home.once()
    assert asked(web) == ["/feed", "/archive/1"]


def test_known_entries_are_not_changed_by_older_copies(home, web):
    put(web, "/feed", rss(feed(range(5), link("next", HOST + "/page2"))))
    put(web, "/page2", rss(feed(range(3, 8)).replace("number 3", "NUMBER THREE AS IT WAS ONCE, LONG AGO")))
    configure(home, HOST + "/feed")
    home.once()
    assert titles(home) == numbers(*range(8))
    assert home.sql("SELECT max(revision) FROM item") == [(0,)]


def test_a_walk_goes_on_after_a_kill(home, web):
    """Documents that were read are not asked for again."""
    archived(web, older=6)
    slow, = web.pages["archives.example", "/archive/3"]
    slow.delay_s = 60
    home.clock = None
    configure(home, HOST + "/feed")
    daemon = home.start()
    wait_until(lambda: "/archive/3" in asked(web), "the archive that hangs")
    daemon.signal(signal.SIGKILL)
    daemon.wait()
    slow.delay_s = 0
    mark = web.mark()
    daemon = home.start()
    daemon.wait_for("6 older documents read")
    assert asked(web, mark) == ["/archive/3", "/archive/2", "/archive/1"]
    assert titles(home) == numbers(*range(35))
    # A walk that has ended begins no more.
    daemon.stop()
    mark = web.mark()
    home.start().wait_for("diurnad .* feeds?")
    home.daemons[-1].stop()
    assert asked(web, mark) == []


def test_a_feed_that_leaves_takes_its_walk_with_it(home, web):
    archived(web)
    put(web, "/archive/4", Page("", status=503))
    configure(home, HOST + "/feed")
    home.once()
    configure(home)
    home.set_clock(START + 9 * HOUR)
    home.once()
    assert asked(web).count("/archive/4") == 1
