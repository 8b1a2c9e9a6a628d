"""diurna-json(5) names every member that is printed, and none that is not there any more."""

import glob
import json
import os
import re
import socket
import subprocess

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


def feed(*titles):
    return Page((FEED % "".join(ITEM % {"n": n, "title": title, "text": TEXT % n} for n, title in enumerate(titles)))
                .encode(), type="application/rss+xml")


def documented():
    """section: the names that stand in its text as literals."""
    with open(os.path.join(SOURCE, "man", "diurna-json.5"), encoding="utf-8") as file:
        page = file.read().replace("\\(dq", " ")
    sections = dict(zip(re.findall(r"^\.Sh (.*)$", page, re.M), re.split(r"^\.Sh .*$", page, flags=re.M)[1:]))
    return {head: {word for line in text.splitlines() if re.match(r"\.(It |Pq |Po |Pc )*Li ", line)
                   for word in re.findall(r"(?<![\w-])[a-z][a-z0-9_-]*(?![\w-])", line.split("Li ", 1)[1])}
            for head, text in sections.items()}


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
    web.put("a.example", "/feed", feed("Quiet morning", "Loud evening"), feed("Quiet morning, again", "Loud evening"))
    web.put("a.example", "/gone", Page("", status=410))
    web.put("a.example", "/", Page('<link rel="alternate" type="application/rss+xml" href="/feed" title="All">'))
    for n in range(2):
        web.put("a.example", "/%d" % n, Page("<title>A</title><article>%s</article>" % "".join(
            "<p>%s</p>" % (TEXT % n) for n in range(12))))
    home.configure({"Europe": ["http://a.example/feed", "http://a.example/gone"]})
    with open(home.config, "a", encoding="utf-8") as file:
        file.write(block('rule "loud"', {"title": "loud", "action": "star"}))
    home.once("--edition")
    home.diurna("query", "--new-for", "me")
    home.diurna("poll", "--force")
    out = {"POLLS": objects(home.diurnad("--once", "--force", "--progress-json").stdout)}
    home.start()
    wait_until(lambda: home.diurna("status").returncode == 0, "an answer")

    def run(*typed):
        done = home.diurna(*typed)
        assert done.stdout, (typed, done.stderr)
        return objects(done.stdout)

    out["ITEMS"] = run("query", "--format", "json", "--match", "quiet OR loud") + run(
        "show", "--revisions", "--format", "json", "1", "2")
    out["CURSORS"] = run("cursors", "--format", "json")
    out["RULES"] = run("rules", "--format", "json")
    out["FEEDS"] = run("feeds", "--all", "--format", "json")
    out["HEALTH"] = run("health", "--format", "json")
    out["EXPLANATIONS"] = run("explain", "--format", "json", "1") + run("explain", "--format", "json", "2")
    out["STATUS"] = run("status", "--format", "json")
    out["CONTROL SOCKET"] = out.pop("POLLS") + asked(home, {"command": "poll", "force": True}) + asked(
        home, {"command": "edition"}) + asked(home, {"command": "reload"}) + asked(home, {"command": "nonsense"})
    out["POLLS"] = run("log", "--format", "json", "1")
    out["FIND"] = objects(home.diurnad("--find", "http://a.example/").stdout)
    out["VERSION"] = objects(home.diurna("--version", "--json").stdout or home.diurnad("--version", "--json").stdout)
    return out


def asked(home, request):
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(PATIENCE_S)
        client.connect(home.path("control"))
        client.sendall(json.dumps(request).encode() + b"\n")
        text = ""
        while '"done"' not in text:
            text += client.recv(4096).decode()
    return objects(text)


def test_everything_that_is_printed_is_documented(printed):
    known = documented()
    conditions = {"in-section", "feed", "category", "author", "title", "text", "language", "section"}
    for section, found in printed.items():
        assert found, section
        for one in found:
            if section == "STATUS":  # outcomes and bounds are no names
                for each in ("polls", "pages", "took_ms"):
                    one["counters"][each] = {}
        more = {"RULES": conditions, "ITEMS": known["FEED DOCUMENTS"]}.get(section, set())
        assert names(found) - known[section] - more == set(), section
    assert {"story", "revisions", "sightings", "enclosures"} & names(printed["ITEMS"])
    assert {"polls", "confined", "counters"} < names(printed["STATUS"]) and "left" in names(printed["CONTROL SOCKET"])


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
