"""The formats read by others than us: CommonMark, the rules of Atom and JSON Feed, epubcheck."""

import email
import email.policy
import html
import json
import os
import re
import shutil
import subprocess
import time
import unicodedata
import urllib.parse
import xml.etree.ElementTree as ElementTree
import zipfile
from html.parser import HTMLParser

import pytest

from diurna import SOURCE, program
from sites import Page

ATOM = "{http://www.w3.org/2005/Atom}"
# RFC 3339 as RFC 4287, 3.3 narrows it.
DATE = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$")

# What Markdown and XML could take for theirs.
TRICKY = [
    ("Stars * and _underlines_ and `ticks` [links](http://x.example)", "<p>1. not a list</p><p># no heading</p>"
     "<p>a_b_c *d* &lt;b&gt; &amp;amp; \\ | ~~no~~ ![x](y)</p><p>- no item</p><p>+ no item</p><p>&gt; no quotation</p>"),
    ("Less &lt; more &amp; 3 &gt; 2", "<p>Text with <code>`code`</code> and <em>stress <strong>strong</strong></em>.</p>"
     "<pre>  kept\n\n  as ``` it is</pre><ul><li>one</li><li><p>two</p><ol><li>three</li></ol></li></ul>"
     "<blockquote><p>quoted</p><p>twice</p></blockquote><p>line<br>break</p><p>===</p><p>---</p>"),
    ("من اليمين إلى اليسار", "<p>نص من اليمين إلى اليسار مع <b>تأكيد</b>.</p>"),
    ("港口在夜里安静下来", "<p>港口晚上十点之后<em>安静</em>下来。没有人知道为什么。</p>"),
    ("Tables & figures", "<table><tr><th>Year | A</th><th>Calls</th></tr><tr><td>2024</td><td>2,190</td></tr></table>"
     '<p>A <a href="http://b.example/a_(b)?c=1&amp;d=[2]">link (with) [brackets]</a> and http://bare.example/_x_.</p>'),
]


@pytest.fixture
def printed(home, web):
    """The directory of an edition in all formats."""
    items = "".join(
        "<item><title>%s</title><link>http://a.example/%d?x=1&amp;y=2</link><guid>%d</guid><author>A. &amp; B.</author>"
        "<category>Port &amp; sea</category><enclosure url='http://a.example/%d.mp3' type='audio/mpeg' length='9'/>"
        "<pubDate>%s</pubDate><description>%s</description></item>" % (
            html.escape(html.unescape(title)), n, n, n,
            time.strftime("%a, %d %b %Y %H:%M:%S +0000", time.gmtime(time.time() - 3600 * n)), html.escape(body))
        for n, (title, body) in enumerate(TRICKY))
    web.put("a.example", "/feed", Page(('<rss version="2.0"><channel><title>Harbour &amp; sea</title>'
                                        "<link>http://a.example/</link>%s</channel></rss>" % items).encode(),
                                       "application/rss+xml"))
    web.put("b.example", "/feed", Page(
        b'<rss version="2.0"><channel><title>Notes</title><link>http://b.example/</link><item><guid>n1</guid>'
        b"<title>A note that is nowhere else</title><description>Only here, and short.</description></item>"
        b"</channel></rss>", "application/rss+xml"))
    home.configure({"Sea & land": ["http://a.example/feed"], "Brief": ["http://b.example/feed"]},
                   digest={"formats": ["html", "markdown", "text", "json", "atom", "epub", "mail"]})
    with open(home.config, encoding="utf-8") as file:
        text = file.read().replace('section "Brief" {', 'section "Brief" {\n\tprint = "title"')
    home.write_config(text + 'feed "http://a.example/feed" { fulltext = false }\n')
    home.once("--edition")
    return home.path("digests", "latest")


def test_addresses_come_without_what_campaigns_add(home, web):
    """In every form; the names by which readers of our feeds know an entry stay."""
    given = "http://c.example/a?utm_source=rss&page=2&utm_medium=feed"
    web.put("c.example", "/feed", Page((
        '<rss version="2.0"><channel><title>C</title><link>http://c.example/</link><item><guid>c1</guid><title>Letters</title>'
        "<link>%s</link><description>A text about letters.</description></item></channel></rss>" % html.escape(given)).encode(),
        "application/rss+xml"))
    home.configure({"C": ["http://c.example/feed"]},
                   digest={"formats": ["html", "markdown", "text", "json", "atom", "epub", "mail"]})
    home.write_config(open(home.config, encoding="utf-8").read() + 'feed "http://c.example/feed" { fulltext = false }\n')
    home.once("--edition")
    latest = home.path("digests", "latest")
    for extension in ("html", "md", "txt"):
        page = read(latest, "c." + extension)
        assert "http://c.example/a?page=2" in page and "utm_" not in page, extension
    item, = json.loads(read(latest, "c.json"))["items"]
    assert (item["id"], item["url"]) == (given, "http://c.example/a?page=2")
    entry = ElementTree.parse(latest + "/c.atom").getroot().find(ATOM + "entry")
    assert entry.find(ATOM + "id").text == given
    assert entry.find(ATOM + "link").get("href") == "http://c.example/a?page=2"
    book, = [f for f in home.digest_files(".epub") if "latest" not in f]
    with zipfile.ZipFile(home.path("digests", book)) as file:
        assert not any(b"utm_" in file.read(name) for name in file.namelist())
    shown = home.diurna("query", "--format", "json").stdout
    assert given in shown  # a question is answered with what was read


def read(*path):
    with open("/".join(path), encoding="utf-8") as file:
        return file.read()


class Text(HTMLParser):
    """The words of a page's stories, in order; `within` names the element that holds them."""

    def __init__(self, within=None):
        super().__init__()
        self.within, self.depth, self.words = within, 0, []

    def handle_starttag(self, tag, attrs):
        if self.within and (self.depth or dict(attrs).get("class") == self.within):
            if tag not in ("br", "img", "hr"):
                self.depth += 1

    def handle_endtag(self, tag):
        if self.depth:
            self.depth -= 1

    def handle_data(self, data):
        if not self.within or self.depth:
            self.words += data.split()


def test_markdown_says_the_same(printed):
    """Rendered by a CommonMark parser, an article has the words that the page has."""
    if not shutil.which("cmark"):
        pytest.skip("cmark is not there")
    done = subprocess.run(["cmark", "--unsafe", printed + "/sea-land.md"], stdout=subprocess.PIPE, text=True, check=True)
    page, markdown = Text("text"), Text()
    page.feed(read(printed, "sea-land.html"))
    # Tables are of GitHub's Markdown, for CommonMark a paragraph with bars.
    markdown.feed(done.stdout)
    said = " ".join(w for w in " ".join(markdown.words).replace("|", " ").split() if not re.match(r"^-+$", w))
    assert len(page.words) > 60
    story = [w for w in " ".join(page.words).replace("|", " ").split() if not re.match(r"^-+$", w)]
    at = 0
    for word in story:
        found = said.find(word, at)
        assert 0 <= found <= at + 700, "%r does not follow %r" % (word, said[max(0, at - 80):at])
        at = found + len(word)
    # Every headline is one, as it was written.
    for title, _ in TRICKY:
        assert re.search(r"<h2><a [^>]*>%s</a></h2>" % re.escape(
            html.escape(html.unescape(title), quote=False)), html.unescape(done.stdout).replace(
                html.unescape(title), html.escape(html.unescape(title), quote=False))), title
    assert done.stdout.count("<ul>") - done.stdout.count("</ul>") == 0 and "<pre><code>" in done.stdout


def check_atom(text):
    """The rules of RFC 4287 that can be checked without asking anybody."""
    root = ElementTree.fromstring(text)
    assert root.tag == ATOM + "feed"

    def only(parent, name):
        found = parent.findall(ATOM + name)
        assert len(found) == 1, "%s: %d of %s" % (parent.tag, len(found), name)
        return found[0]

    def check_common(parent):
        for name in ("id", "title", "updated"):
            only(parent, name)
        identity = only(parent, "id").text
        assert urllib.parse.urlsplit(identity).scheme, "4.2.6: an id is an absolute IRI"
        for date in parent.findall(ATOM + "updated") + parent.findall(ATOM + "published"):
            assert DATE.match(date.text), date.text
        links = parent.findall(ATOM + "link")
        for link in links:
            assert link.get("href")
        seen = [(link.get("type"), link.get("hreflang")) for link in links if link.get("rel", "alternate") == "alternate"]
        assert len(seen) == len(set(seen)), "4.1: alternates of one type and language"
        for person in parent.findall(ATOM + "author"):
            assert only(person, "name").text
        for category in parent.findall(ATOM + "category"):
            assert category.get("term")
        return identity

    check_common(root)
    assert any(link.get("rel") == "self" for link in root.findall(ATOM + "link")), "4.1.1: SHOULD have self"
    entries = root.findall(ATOM + "entry")
    identities = [check_common(entry) for entry in entries]
    assert len(identities) == len(set(identities)), "4.1.2: an id once, or the newer one is meant"
    for entry in entries:
        assert entry.findall(ATOM + "author") or root.findall(ATOM + "author"), "4.1.2: an author"
        contents = entry.findall(ATOM + "content")
        assert len(contents) <= 1 and len(entry.findall(ATOM + "summary")) <= 1
        assert contents or any(link.get("rel") == "alternate" for link in entry.findall(ATOM + "link"))
        for content in contents:
            assert content.get("type") in ("html", "text") and len(content) == 0, "4.1.3.3: html is escaped text"
        for child in entry:
            assert child.tag.startswith(ATOM)
    return entries


def test_atom_keeps_the_rules(printed, home):
    entries = check_atom(read(printed, "sea-land.atom"))
    assert len(entries) == len(TRICKY)
    assert len(check_atom(read(home.path("digests", "feeds", "sea-land.atom")))) == len(TRICKY)
    # A title without a link has a content, empty as it is: 4.1.2.
    assert len(check_atom(read(printed, "brief.atom"))) == 1


def test_json_feed_keeps_the_rules(printed, home):
    """JSON Feed 1.1, what is required and what has a form; of one edition, and of the last ones."""
    for text in (read(printed, "sea-land.json"), read(home.path("digests", "feeds", "sea-land.json"))):
        feed = json.loads(text)
        assert feed["version"] == "https://jsonfeed.org/version/1.1" and feed["title"]
        assert len({item["id"] for item in feed["items"]}) == len(feed["items"]) == len(TRICKY)
        for item in feed["items"]:
            assert isinstance(item["id"], str) and ("content_html" in item or "content_text" in item)
            assert DATE.match(item["date_published"])
            assert all(author.get("name") for author in item["authors"])
            assert all(a["url"] and a["mime_type"] for a in item["attachments"])
            assert item["tags"] == ["Port & sea"]


def test_the_list_of_a_sections_feeds_is_read_by_others(printed, home):
    tree = ElementTree.parse(home.path("digests", "feeds", "sea-land.opml")).getroot()
    assert tree.tag == "opml" and tree.get("version") == "2.0" and tree.find("head/title") is not None
    assert [(folder.get("text"), [o.attrib for o in folder]) for folder in tree.find("body")] == [
        ("Sea & land", [{"type": "rss", "text": "Harbour & sea", "xmlUrl": "http://a.example/feed"}])]


def test_every_name_of_ours_is_in_the_manual(printed):
    """Whoever makes a page of his own from the JSON form finds there what it holds."""
    with open(os.path.join(SOURCE, "man", "diurna-digest.5"), encoding="utf-8") as file:
        manual = file.read()
    feed = json.loads(read(printed, "sea-land.json"))
    named = set(re.findall(r"[a-z_]+", " ".join(re.findall(r"^\.(?:It )?Li (.*)$", manual, re.M))))
    for own in (feed["_diurna"], feed["items"][0]["_diurna"]):
        assert set(own) <= named, set(own) - named


def test_every_format_has_every_story(printed, home):
    """The same titles in all of them, scripts of all directions whole."""
    book = next(f for f in home.digest_files(".epub"))
    with zipfile.ZipFile(home.path("digests", book)) as archive:
        chapters = b"".join(archive.read(n) for n in archive.namelist() if n.endswith(".xhtml")).decode()
    plain = {
        "html": html.unescape(read(printed, "sea-land.html")), "epub": html.unescape(chapters),
        "txt": re.sub(r"\n *", " ", read(printed, "sea-land.txt")), "atom": html.unescape(read(printed, "sea-land.atom")),
    }
    for title, _ in TRICKY:
        for name, text in plain.items():
            squeezed = "".join(text.split())
            assert "".join(html.unescape(title).split()) in squeezed, (name, title)
    assert 'dir="rtl"' in plain["html"] or 'dir="auto"' in plain["html"]
    # 72 columns on a terminal, where a CJK character takes two.
    for line in read(printed, "sea-land.txt").splitlines():
        width = sum(2 if unicodedata.east_asian_width(c) in "WF" else not unicodedata.combining(c) for c in line)
        assert width <= 72 or "http" in line, line


def test_epubcheck(printed, home):
    if not os.environ.get("DIURNA_TEST_BROWSER"):
        pytest.skip("asked for by make check-browser")
    if not shutil.which("epubcheck") or not shutil.which("java"):
        pytest.skip("epubcheck is not there")
    book = next(f for f in home.digest_files(".epub"))
    done = subprocess.run(["java", "-jar", shutil.which("epubcheck"), home.path("digests", book)],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert done.returncode == 0 and "No errors or warnings detected" in done.stdout, done.stdout


def test_late_items_stand_after_those_of_the_day(home, web):
    """Arrival decides about the edition; what was published more than a day before the window is named as earlier."""
    now = 1790000000  # Monday, 21 September 2026, 14:13:20 UTC
    ages = {"A note of an hour ago": 1, "A letter of yesterday": 20, "An essay of last week": 170}
    texts = {1: "The harbour has a new crane.", 20: "Dear editor, the clock is wrong again.",
             170: "A lighthouse is a promise made to strangers."}
    home.set_clock(now)
    web.put("late.example", "/feed", Page((
        '<rss version="2.0"><channel><title>Late</title><link>http://late.example/</link>%s</channel></rss>' % "".join(
            "<item><title>%s</title><link>http://late.example/%d</link><guid>%d</guid><pubDate>%s</pubDate>"
            "<description>%s</description></item>" % (
                title, hours, hours, time.strftime("%a, %d %b %Y %H:%M:%S +0000", time.gmtime(now - hours * 3600)),
                texts[hours])
            for title, hours in ages.items())).encode(), "application/rss+xml"))
    home.configure({"News": ["http://late.example/feed"]}, top={"fulltext": False}, digest={
        "formats": ["html", "markdown", "text", "json", "epub"], "max-age": "forever", "timezone": "UTC"})
    home.once("--edition")
    folder = home.path("digests", "2026-09-21")
    with zipfile.ZipFile(home.path("digests", "2026-09-21", "diurna-2026-09-21.epub")) as book:
        texts = {"epub": book.read("EPUB/s-1.xhtml").decode()}
    texts.update({ending: read(folder, "news." + ending) for ending in ("html", "md", "txt")})
    for form, text in texts.items():
        # The heading stands between them, once.
        assert text.count("Published earlier") == 1, form
        before, after = text.split("Published earlier")
        assert "An essay of last week" in after and not any(title in after for title in list(ages)[:2]), form
    # Each with its own date.
    assert "20 September, 18:13" in texts["html"] and "14 September, 12:13" in texts["html"]
    items = json.loads(read(folder, "news.json"))["items"]
    assert {item["title"]: item["_diurna"]["group"] for item in items} == {
        "A note of an hour ago": "news", "A letter of yesterday": "news", "An essay of last week": "earlier"}


def test_every_head_says_what_the_edition_is(printed, home):
    """Number, counts, words, reading time, window with its zone, version: in every form for people, and in JSON."""
    version = subprocess.run([program("diurna"), "--version"], capture_output=True, text=True, check=True).stdout.split()[1]
    zone, = home.sql("SELECT timezone FROM edition")[0]
    book = home.path("digests", next(f for f in home.digest_files(".epub")))
    with zipfile.ZipFile(book) as archive:
        heads = {"epub": archive.read("EPUB/title.xhtml").decode()}
    with open(home.path("digests", next(f for f in home.digest_files(".eml"))), "rb") as file:
        message = email.message_from_binary_file(file, policy=email.policy.default)
    heads["mail, text"], heads["mail, html"] = (message.get_body((kind,)).get_content() for kind in ("plain", "html"))
    heads.update({ending: read(printed, "sea-land." + ending) for ending in ("html", "md", "txt")})
    heads["front"] = read(printed, "index.html")
    for form, text in heads.items():
        # Behind the style, before the first headline.
        head = " ".join(text[max(text.find("<h1"), 0):].split("Stars")[0].split("Contents")[0].split())
        for said in ("No. 1", "stories", "source", "words", "min read", "What arrived from", "until", "(%s)" % zone,
                     "Made with diurna " + version):
            assert said in head, (form, said, head[-900:])
    own = json.loads(read(printed, "sea-land.json"))["_diurna"]
    assert own["version"] == version and own["number"] == 1 and own["timezone"] == zone and own["words"] > 50
    assert own["sources"] == 1 and own["stories"] == len(TRICKY) and own["minutes"] >= 1
    assert DATE.match(own["from"]) and DATE.match(own["until"])
