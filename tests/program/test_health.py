"""`diurna health`: 0 when nobody has to do anything, 1 when somebody has, and what."""

import json

import pytest

from sites import Page

START = 1_798_416_000  # a Monday, 00:00 GMT
HOUR, DAY = 3600, 86400
FEED = ("<rss version='2.0'><channel><title>t</title><description>d</description><item><title>One</title>"
        "<guid>1</guid></item></channel></rss>")


@pytest.fixture
def paper(home, web):
    """A feed that works."""
    web.put("good.example", "/feed", Page(FEED, "application/rss+xml", etag='"1"'))
    home.set_clock(START)
    return home


def health(home):
    """Exit code, kinds with their subjects, and the note, with a daemon."""
    daemon = home.start()
    daemon.wait_for("feeds?, store")
    done = home.diurna("health", "--format", "json")
    assert daemon.stop() == 0
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert all(row["advice"] for row in told)
    return done.returncode, {(row["kind"], row["subject"]) for row in told}, done.stderr


def play(home, *feeds, rounds=(0,)):
    home.configure({"All": ["http://good.example/feed", *feeds]}, top={"fulltext": False})
    for at in rounds:
        home.set_clock(START + at)
        home.once()


def test_nothing(paper):
    play(paper)
    assert health(paper) == (0, set(), "")


def test_a_failure_that_may_pass(paper, web):
    web.put("bad.example", "/feed", Page("", status=503))
    play(paper, "http://bad.example/feed")
    code, told, note = health(paper)
    assert (code, told) == (0, set()) and "1 feed fails and may come back by itself" in note


def test_a_failure_that_does_not_pass(paper, web):
    web.put("bad.example", "/feed", Page("", status=503))
    play(paper, "http://bad.example/feed", rounds=(0, DAY, 2 * DAY, 4 * DAY))
    assert health(paper)[:2] == (1, {("failing", "http://bad.example/feed")})


@pytest.mark.parametrize("status, kind", [(410, "gone"), (401, "failing")])
def test_what_a_person_has_to_do_at_once(paper, web, status, kind):
    web.put("bad.example", "/feed", Page("", status=status))
    play(paper, "http://bad.example/feed")
    assert health(paper)[:2] == (1, {(kind, "http://bad.example/feed")})


def test_no_daemon(paper):
    play(paper)
    done = paper.diurna("health")
    assert done.returncode == 1 and "no daemon runs" in done.stdout


def test_digests_that_are_not_written(paper):
    """A file stands where their folder should be."""
    with open(paper.path("plain"), "w", encoding="ascii") as file:
        file.write("no folder")
    paper.configure({"All": ["http://good.example/feed"]}, top={"fulltext": False},
                    digest={"directory": paper.path("plain", "digests"), "at": "00:00"})
    assert paper.diurnad("--once", "--edition").returncode == 74
    # It is tried again for an hour before somebody is told.
    code, told, _ = health(paper)
    assert (code, told) == (0, set())
    paper.set_clock(START + 2 * HOUR)
    code, told, _ = health(paper)
    (name,), = paper.sql("SELECT name FROM v_edition")
    assert code == 1 and told == {("edition", name)}


def test_without_a_store_or_a_configuration(paper):
    paper.configure({"All": ["http://good.example/feed"]})
    done = paper.diurna("health")
    assert done.returncode == 66 and "store" in done.stderr
    paper.write_config("digest {")
    assert paper.diurna("health").returncode == 78


def test_a_store_that_is_damaged(paper):
    play(paper)
    with open(paper.store, "r+b") as file:
        file.write(b"x" * 4096)
    done = paper.diurna("health")
    assert done.returncode == 65 and done.stdout == ""
    assert "recover" in done.stderr


@pytest.mark.parametrize("to, days, said", [
    ("feed:bad.example/feed", 0, "open it in a browser"), ("/feed", 4, "look for its new address")])
def test_a_redirect_to_nowhere_good(paper, web, to, days, said):
    web.put("bad.example", "/feed", Page("", status=301, headers={"Location": to}))
    play(paper, "http://bad.example/feed", rounds=[n * DAY for n in range(days + 1)])
    done = paper.diurna("health")
    assert done.returncode == 1 and said in done.stdout


def test_a_login_is_named(paper, web):
    web.put("bad.example", "/feed", Page("", status=401))
    play(paper, "http://bad.example/feed")
    assert "password-file" in paper.diurna("health").stdout


def test_long_lines_are_broken_between_words(paper, web):
    """A terminal would break them anywhere."""
    long = "http://bad.example/" + "a-path/" * 5 + "feed"
    web.put("bad.example", long[len("http://bad.example"):], Page("", status=410))
    play(paper, long)
    for command in ("health", "status", "log 2"):
        lines = [line.rstrip() for line in paper.on_a_terminal(*command.split(), columns=60).splitlines()]
        whole = paper.diurna(*command.split()).stdout.split()
        assert " ".join(lines).split()[:len(whole)] == whole
        assert [line for line in lines if len(line) > 60 and len(line.split()) > 2] == []


def test_the_log_of_a_feed_tells_why_it_waits(paper, web):
    head = "<ttl>180</ttl><skipHours><hour>2</hour><hour>3</hour></skipHours><skipDays><day>Sunday</day></skipDays>"
    web.put("slow.example", "/feed", Page(FEED.replace("<item>", head + "<item>"), "application/rss+xml",
                                          headers={"Cache-Control": "max-age=9000"}))
    web.put("busy.example", "/feed", Page("", status=429, headers={"Retry-After": "5400"}))
    play(paper, "http://slow.example/feed", "http://busy.example/feed")
    said = paper.diurna("log", "http://slow.example/feed").stdout
    assert "at least 2 h 30 min its server says that what it gave holds so long" in said
    assert "at least 3 h        its document asks for it" in said and "at least 1 d        its server gives nothing" in said
    assert "begin at 02, 03 GMT" in said and "excludes Sun, by GMT" in said
    said = paper.diurna("log", "http://busy.example/feed").stdout
    assert "its host asked to be left alone until 2026-12-28 01:3" in said
    said = paper.diurna("log", "http://good.example/feed").stdout
    assert "next poll in" in said and "at least" not in said and "not " not in said.split("when ")[0]
    with open(paper.config, "a", encoding="utf-8") as file:
        file.write('feed "http://slow.example/feed" { interval = "4h" }\n')
    said = paper.diurna("log", "http://slow.example/feed").stdout
    assert "every 4 h" in said and "at least" not in said and "excludes Sun" in said


def test_a_feed_whose_host_rests_is_not_fine_and_says_so(paper, web):
    web.put("busy.example", "/feed", Page("", status=429, headers={"Retry-After": "5400"}))
    web.put("busy.example", "/other", Page(FEED, "application/rss+xml"))
    play(paper, "http://busy.example/feed")
    play(paper, "http://busy.example/feed", "http://busy.example/other", rounds=(60,))
    row, = [json.loads(line) for line in paper.diurna("feeds", "--format", "json").stdout.splitlines() if "/other" in line]
    assert row["health"] == "new"
    assert "not asked: its host wants" in paper.diurna("feeds").stdout
    assert health(paper)[1] == set()
    paper.set_clock(START + 2 * HOUR)
    web.put("busy.example", "/feed", Page(FEED, "application/rss+xml"))
    paper.once("--force")
    assert "not asked" not in paper.diurna("feeds").stdout
