"""diurna-json(5) names every member that is printed, and none that is not there any more."""

import contextlib
import email.utils
import glob
import json
import os
import re
import socket
import sqlite3
import subprocess
import time

import pytest

from diurna import PATIENCE_S, SOURCE, block, program, wait_until
from sites import Page

FEED = """<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Harbour</title>
<link>http://a.example/</link>%s</channel></rss>"""
ITEM = """<item><title>%(title)s</title><link>http://a.example/%(n)d</link><guid>%(n)d</guid><dc:creator>Mo</dc:creator>
<pubDate>Sat, 22 Aug 2026 06:30:00 GMT</pubDate><category>Boats</category><comments>http://a.example/%(n)d/c</comments>
<enclosure url="http://a.example/%(n)d.mp3" type="audio/mpeg" length="1"/>
<description>&lt;p&gt;%(text)s&lt;/p&gt;</description></item>"""
TEXT = "The harbour was quiet on that morning, and nobody knew why the boats had gone out so early. %d"


FRESH = """<rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/"><channel><title>%(host)s</title><language>en</language>
<atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="hub" href="http://hub.example/"/><description>All of it.</description>
<item><title>%(title)s</title><link>http://%(host)s/1</link><guid>1</guid><pubDate>%(at)s</pubDate>
<description>It rained. A storm has closed the harbour of Ostwick, and the ferries stay where they are.</description></item>
<item><title>A page that is lost on %(host)s</title><link>http://%(host)s/2</link><guid>2</guid><pubDate>%(at)s</pubDate>
<description>All that is known of %(host)s is what its feed says, a sentence or two of it.</description></item></channel></rss>"""
LATE = """<rss version="2.0"><channel><title>Tides</title><item><title>A page of data</title><link>http://g.example/told</link>
<guid>told</guid><pubDate>%(at)s</pubDate></item><item><title>A wall</title><link>http://g.example/wall</link><guid>wall</guid>
<pubDate>%(at)s</pubDate></item><item><title>The tide</title><guid isPermaLink="false">tide</guid><pubDate>%(at)s</pubDate>
<description>&lt;p&gt;%(text)s&lt;/p&gt;</description></item></channel></rss>"""
TOLD = "<html><head><title>A page of data</title><script type='application/ld+json'>%s</script></head><body></body></html>"
STORM = """<html lang="en"><head><title>%(title)s</title><meta property="og:image" content="http://%(host)s/storm.jpg">
</head><body><article><h1>%(title)s</h1>%(text)s</article></body></html>"""
TEXTS = {
    "b.example": ("Storm closes the harbour of Ostwick", "The storm closed the harbour of Ostwick on Friday night, and the "
                  "harbour master, Ida Brandt, said that no ferry would leave for Tarn before Sunday."),
    "c.example": ("Harbour of Ostwick closed by storm", "Ferries to Tarn stay where they are: Ida Brandt, who is harbour "
                  "master of Ostwick, closed the harbour because of the storm that came on Friday."),
    "d.example": ("Sponsored: buy boats", "Our boats are built of oak that grew for a hundred years, and whoever buys one "
                  "before spring gets the paint for nothing, in any colour that a boat may have."),
}


def feed(*titles, more=""):
    return Page((FEED % "".join(ITEM % {"n": n, "title": title, "text": TEXT % n + more} for n, title in enumerate(titles)))
                .encode(), type="application/rss+xml")


def documented():
    """section: the names that stand in its text as literals."""
    with open(os.path.join(SOURCE, "man", "diurna-json.5"), encoding="utf-8") as file:
        page = file.read().replace("\\(dq", " ")
    sections = dict(zip(re.findall(r"^\.Sh (.*)$", page, re.M), re.split(r"^\.Sh .*$", page, flags=re.M)[1:]))
    return {head: {word for line in text.splitlines() if re.match(r"\.(It |Pq |Po |Pc )*Li ", line)
                   for word in re.findall(r"(?<![\w-])[a-z][a-z0-9_-]*(?![\w-])", line.split("Li ", 1)[1])}
            for head, text in sections.items()}


def words(value):
    """Strings that stand as values in an object, and what a list of them says: states, kinds, outcomes."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return set().union(*(words(one) for one in value)) if value else set()
    return {value} if isinstance(value, str) else {"true"} if value is True else set()


def names(value, depth=9):
    """Members of an object and of what is in it; those of counts and headers are no names."""
    if isinstance(value, list):
        return set().union(*(names(one, depth) for one in value)) if value else set()
    if not isinstance(value, dict) or depth == 0:
        return set()
    return set(value) | set().union(*(names(one, depth - 1) for one in value.values()))


def objects(text):
    return [json.loads(line) for line in text.splitlines()]


@pytest.fixture
def printed(home, web):
    """section of the page: objects that belong there."""
    web.put("a.example", "/feed", feed("Quiet morning", "Loud evening"), feed(
        "Quiet morning, again", "Loud evening", more=" It was the tide, as it turned out, and nobody had read the table."))
    web.put("a.example", "/gone", Page("", status=410))
    web.put("a.example", "/list", Page('<opml version="2.0"><body><outline text="Sea"><outline text="Stars" type="rss" '
                                       'xmlUrl="http://stars.example/feed"/></outline></body></opml>'))
    web.put("a.example", "/", Page('<link rel="alternate" type="application/rss+xml" href="/feed" title="All">'))
    for n in range(2):
        web.put("a.example", "/%d" % n, Page("<title>A</title><article>%s</article>" % "".join(
            "<p>%s</p>" % (TEXT % n) for n in range(12))))
    now = email.utils.formatdate(time.time() - 600)
    for host, (title, text) in TEXTS.items():
        web.put(host, "/feed", Page(FRESH % {"host": host, "title": title, "at": now}, type="application/rss+xml"))
        text = "".join("<p>%s That was said %d times, by %s.</p>" % (text, n, host) for n in range(2, 7))
        web.put(host, "/1", Page(STORM % {"title": title, "host": host, "text": text}),
                Page(STORM % {"title": title, "host": host, "text": text.replace("Friday", "Saturday")}))
        web.put(host, "/2", Page("", status=404))
    web.put("e.example", "/feed", Page("", status=500))
    # One that is changed later, one whose text stands in JSON-LD only, one behind a wall.
    web.put("g.example", "/feed", *(Page(LATE % {"at": now, "text": text}, type="application/rss+xml") for text in (
        "At noon the tide was %s. " * 9 % (*9 * ["low"],), "At noon, as is known now, the tide was %s. " * 9 % (*9 * ["high"],))))
    web.put("g.example", "/told", Page(TOLD % json.dumps({
        "@context": "https://schema.org", "@type": "NewsArticle", "headline": "A page of data",
        "articleBody": "\n".join("In year %d the pilot wrote down how deep the water was, and where." % n for n in range(20))})))
    web.put("g.example", "/wall", Page("<title>Wall</title><body><div id='app'></div><script src='/app.js'></script></body>"))
    home.configure({"Europe": ["http://a.example/feed", "http://a.example/gone"],
                    "Storms": ["http://%s.example/feed" % letter for letter in "bcdeg"]})
    with open(home.config, "a", encoding="utf-8") as file:
        file.write(block('rule "loud"', {"title": "loud", "action": "star"}) +
                   block('rule "adverts"', {"title": "sponsored", "action": "drop"}) +
                   block('feed "http://a.example/feed"', {"fulltext": False}))
    first = objects(home.diurnad("--once", "--edition", "--progress-json").stdout)
    home.diurna("query", "--new-for", "me")
    home.diurna("poll", "--force")
    out = {"POLLS": first + objects(home.diurnad("--once", "--force", "--progress-json").stdout)}
    home.diurna("subscribe", "--unchecked", "http://new.example/feed")
    out["HEALTH"] = objects(home.diurna("health", "--format", "json").stdout)
    home.start()
    wait_until(lambda: home.diurna("status").returncode == 0, "an answer")

    def run(*typed):
        done = home.diurna(*typed)
        assert done.stdout, (typed, done.stderr)
        return objects(done.stdout)

    ids = [str(number) for number, in home.sql("SELECT id FROM item")]
    out["ITEMS"] = run("query", "--format", "json", "--match", "quiet OR loud") + run("query", "--format", "json", "--changes") + run(
        "query", "--format", "json", "--dropped") + run("show", "--revisions", "--format", "json", *ids)
    one = str(home.sql("SELECT id FROM v_item WHERE state = 'ready'")[0][0])
    assert home.diurna("mark", "--star", "--label", "Later", one).returncode == 0
    out["LABELS"] = run("labels", "--format", "json")
    out["ITEMS"] += run("query", "--format", "json", "--label", "Later")
    out["CURSORS"] = run("cursors", "--format", "json")
    out["RULES"] = run("rules", "--format", "json")
    out["FEEDS"] = run("feeds", "--all", "--format", "json")
    out["HEALTH"] += run("health", "--format", "json")
    out["EXPLANATIONS"] = [one for number in ids for one in run("explain", "--format", "json", number)]
    request, status = asked(home, {"command": "status"})
    assert status.pop("done")
    out["STATUS"] = run("status", "--format", "json") + [status]
    out["CONTROL SOCKET"] = out.pop("POLLS") + [request] + asked(home, {"command": "poll", "force": True}) + asked(
        home, {"command": "edition"}) + asked(home, {"command": "reload"}) + asked(home, {"command": "nonsense"})
    out["POLLS"] = run("log", "--format", "json", "1") + run("log", "--format", "json", "http://e.example/feed")
    out["FIND"] = [one for path in ("a.example/", "a.example/list", "a.example/1", "b.example/feed", "a.example/gone")
                   for one in objects(home.diurnad("--find", "http://" + path).stdout)]
    out["VERSION"] = objects(home.diurna("--version", "--json").stdout or home.diurnad("--version", "--json").stdout)
    assert home.daemons[-1].stop() == 0
    after_months(home)
    out["FEEDS"] += run("feeds", "--all", "--format", "json")
    out["HEALTH"] += run("health", "--format", "json")
    out["EXPLANATIONS"] += [one for number in ids for one in run("explain", "--format", "json", number)]
    return out


def after_months(home):
    """What comes of feeds only in time, or by a hub."""
    now, year = int(time.time()), 365 * 86400
    with contextlib.closing(sqlite3.connect(home.store)) as db, db:
        db.execute("INSERT INTO feed (url) VALUES ('http://fresh.example/')")
        db.execute("UPDATE feed SET moved_to = 'http://f.example/', push_until = ? WHERE url LIKE 'http://b.%'", [now + year])
        db.execute("INSERT OR REPLACE INTO walk (feed_id, reason, state, is_archive, known_to, known_at, due_at, begun_at, "
                   "ended_at, error) SELECT id, 'gap', 'open', 0, 0, 0, ?1, ?1, ?1, 'it leads to no older document' "
                   "FROM feed WHERE url LIKE 'http://b.%'", [now])
        db.execute("UPDATE feed SET last_new_at = ?, entries_week = 7 WHERE url LIKE 'http://c.%'", [now - year])
        db.execute("UPDATE feed SET failing_since = ? WHERE url LIKE 'http://e.%'", [now - year])
        db.execute("UPDATE feed SET state = 'unsubscribed' WHERE url LIKE 'http://d.%'")


def asked(home, request):
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(PATIENCE_S)
        client.connect(home.path("control"))
        client.sendall(json.dumps(request).encode() + b"\n")
        text = ""
        while '"done"' not in text:
            text += client.recv(4096).decode()
    return [request] + objects(text)


def test_who_waits_for_an_edition_of_the_daemon_is_told_how_far_it_is(home, web):
    now, hosts = email.utils.formatdate(time.time() - 600), ["%s.example" % letter for letter in "abc"]
    for host in hosts:
        fresh = FRESH % {"host": host, "title": "News of " + host, "at": now}
        web.put(host, "/feed", Page(fresh, type="application/rss+xml"))
    later = time.strftime("%H:%M", time.gmtime(time.time() + 3 * 3600))
    home.configure({host[0]: ["http://%s/feed" % host] for host in hosts}, digest={"at": later})
    with open(home.config, "a", encoding="utf-8") as file:
        file.write("".join(block('feed "http://%s/feed"' % host, {"fulltext": False}) for host in hosts))
    daemon = home.start()
    wait_until(lambda: home.diurna("status").returncode == 0, "an answer")
    wait_until(lambda: home.sql("SELECT count(*) FROM v_item WHERE state = 'ready'") == [(6,)], "items")
    told = asked(home, {"command": "edition"})
    stages = [one["stage"] for one in told if "stage" in one]
    files = [(one["files"], one["of"]) for one in told if "files" in one]
    assert stages == ["closing", "writing"] and told[-1].get("edition") and told[-1]["done"], told
    assert files == sorted(files) and files[-1][0] == files[-1][1] >= 3, told
    assert daemon.stop() == 0


# Words of the page that this world does not print: an edition that is late is in test_health.py, a mail that waits in
# test_mail.py, with all members of that object. Of words for outcomes the next test takes the program's own.
ELSEWHERE = {
    "HEALTH": {"edition", "mail"},
    "STATUS": {"answer", "failed", "mail", "next_try", "stranded", "unsure", "waiting_since"},
}


def test_what_is_printed_is_documented_and_what_is_documented_is_printed(printed):
    known = documented()
    conditions = {"in-section", "feed", "category", "author", "title", "text", "language", "section"}
    for section, found in printed.items():
        assert found, section
        for one in found:
            if section == "STATUS":  # outcomes and bounds are no names
                for each in ("polls", "pages", "took_ms"):
                    one["counters"][each] = {}
        more = {"RULES": conditions, "ITEMS": known["FEED DOCUMENTS"], "CONTROL SOCKET": {"command"}}.get(section, set())
        assert names(found) - known[section] - more == set(), section
        left = known[section] - names(found) - words(found) - ELSEWHERE.get(section, set()) - outcomes()
        assert left == set(), section
    assert {"polls", "confined", "counters"} < names(printed["STATUS"]) and "left" in names(printed["CONTROL SOCKET"])


def outcomes():
    with open(os.path.join(SOURCE, "src", "store", "feeds.c"), encoding="utf-8") as file:
        return set(re.findall(r'\[POLL_\w+\] = \{"([a-z-]+)"', file.read()))


def test_every_outcome_is_documented():
    assert len(outcomes()) == 16 and outcomes() < documented()["FEEDS"]


@pytest.mark.parametrize("section, command, folder, ending", [
    ("FEED DOCUMENTS", "parse", "feeds", ("xml", "json", "rdf")), ("ARTICLES", "extract", "pages", ("html",))])
def test_documents_print_what_is_documented(section, command, folder, ending):
    files = sorted(path for end in ending
                   for path in glob.glob(os.path.join(SOURCE, "tests", "parse", folder, "*." + end)))
    assert len(files) > 5
    found = set()
    for path in files[:30]:
        done = subprocess.run([program("diurna"), command, path], stdout=subprocess.PIPE, check=False, text=True,
                              env={**os.environ, "DIURNA_PARSE": program("diurna-parse")})
        found |= names(objects(done.stdout))
    assert len(found) > 8
    assert found - documented()[section] == set()


def test_everything_that_is_documented_is_in_the_program():
    text = "".join(open(path, encoding="utf-8").read() for path in glob.glob(os.path.join(SOURCE, "src", "*", "*.c")))
    literals = set(re.findall(r'"([a-z][a-z0-9_-]*)', text))
    literals |= set(re.findall(r"\bADD\((\w+)\)", text))
    for section, said in documented().items():
        if section not in ("NAME", "SEE ALSO", "DESCRIPTION"):
            assert said - literals - {"true", "false", "done"} == set(), section
