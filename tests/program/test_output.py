"""What a feed says stays words, wherever it goes: pages, books, mail, terminals, tables, names."""

import email
import email.policy
import html.parser
import os
import re
import zipfile

import pytest

from sites import Page

# In references, for a document of XML may not hold them; &#155; begins a command as ESC [ does.
NASTY = ('x&lt;script&gt;alert(1)&lt;/script&gt; &#x9b;31mred&#144;q &#157;0;title&#x9c; '
         '"&gt;&lt;img src=x onerror=alert(2)&gt; =HYPERLINK("http://e") %s \u202e back ../../etc {{7*7}} `id` $(id)')
BODY = ('<p onclick="a()">Words of a story about harbours and ships &#155;31mred&#27;[2J, long enough to be '
        'printed as one, and as the article of its page, too.</p>'
        '<script>alert(3)</script><a href="javascript:alert(4)">go</a><a href="data:text/html,x">on</a>'
        '<img src="http://hostile.example/i.png" onerror="alert(5)"><iframe src="http://hostile.example/f"></iframe>'
        '<style>body{display:none}</style><svg onload="alert(6)"></svg><p>\x1b[2J&#27;]0;x&#7; and &#155;5m</p>'
        '<p>.</p><p>From here</p><p>]]&gt;&lt;/div&gt;&lt;/body&gt;</p>')
PAGE = "<!doctype html><title>%s</title><article><h1>%s</h1>%s</article>"


def hostile_feed():
    title = NASTY % "\r\nBcc: victim@example.org"
    entries = "".join(
        "<item><title>%s</title><link>http://hostile.example/%d/..%%2f..%%2f</link><guid>%d/../../x</guid>"
        "<author>%s</author><category>%s</category><description><![CDATA[%s]]></description></item>" % (
            title, n, n, title, title, BODY.replace("\x1b", "")) for n in range(3))
    return ('<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>%s</title>'
            "<link>http://hostile.example/</link>%s</channel></rss>" % (title, entries)).encode("utf-8", "replace")


@pytest.fixture
def printed(home, web):
    web.put("hostile.example", "/feed", Page(hostile_feed(), "application/rss+xml"))
    web.set_handler("hostile.example", lambda request: Page(PAGE % (NASTY % "", NASTY % "", BODY)))
    os.makedirs(home.path("mail", "new"))
    os.makedirs(home.path("mail", "cur"))
    os.makedirs(home.path("mail", "tmp"))
    with open(home.path("subscriptions.opml"), "w", encoding="ascii") as file:
        file.write('<opml version="2.0"><body/></opml>')
    home.configure({'A ../../><script>': ["http://hostile.example/feed"]},
                   top={"subscriptions": [home.path("subscriptions.opml")]},
                   digest={"formats": ["html", "markdown", "text", "json", "atom", "epub"]})
    with open(home.config, "a", encoding="utf-8") as file:
        file.write('mail {\n\tto = {"reader@example.org"}\n\tfrom = "paper@example.org"\n\tmaildir = "%s"\n}\n'
                   % home.path("mail"))
    home.once("--edition")
    return home


def assert_no_command(text, where):
    """Nothing that a terminal takes for more than a letter."""
    found = re.search("[\x00-\x08\x0b\x0e-\x1f\x7f\x80-\x9f]", text)
    assert not found, (where, text[max(0, found.start() - 40):found.end() + 40])


class Elements(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.wrong = []

    def handle_starttag(self, tag, attrs):
        if tag in ("script", "iframe", "object", "embed", "base", "form", "math"):
            self.wrong.append(tag)
        for name, value in attrs:
            if name.startswith("on") or re.match(r"\s*(javascript|vbscript|data:text)", value or "", re.I):
                self.wrong.append((tag, name, value))

    handle_startendtag = handle_starttag


def assert_no_script(text, where):
    elements = Elements()
    elements.feed(text)
    assert elements.wrong == [], where


def test_digests(printed):
    names = printed.digest_files()
    assert len(names) > 8
    for name in names:
        # Our own letters only, and nothing that is hidden.
        assert re.fullmatch(r"(?:[\w-][\w.-]*/)*[\w-][\w.-]*", name) and ".." not in name, name
        path = printed.path("digests", name)
        if os.path.islink(path) or name.endswith((".png", ".jpg")):
            continue
        with open(path, "rb") as file:
            data = file.read()
        if name.endswith(".epub"):
            with zipfile.ZipFile(path) as book:
                for part in book.namelist():
                    if part.endswith(("html", "opf", "ncx")):
                        assert_no_command(book.read(part).decode(), (name, part))
                        assert_no_script(book.read(part).decode(), (name, part))
            continue
        assert_no_command(data.decode(), name)
        if name.endswith((".html", ".atom")):
            assert_no_script(data.decode(), name)
    everything = b"".join(open(printed.path("digests", n), "rb").read() for n in names if n.endswith(".html"))
    assert b"about harbours and ships" in everything


def test_mail(printed):
    found = os.listdir(printed.path("mail", "new"))
    assert len(found) == 1
    with open(printed.path("mail", "new", found[0]), "rb") as file:
        raw = file.read()
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    assert mail["To"] == "reader@example.org" and mail["Bcc"] is None
    head = raw.replace(b"\r\n", b"\n").split(b"\n\n")[0].decode("ascii")
    assert not re.search(r"^bcc", head, re.I | re.M)
    for part in mail.walk():
        if part.get_content_maintype() == "text":
            assert_no_command(part.get_content().replace("\r\n", "\n"), part.get_content_type())
            if part.get_content_subtype() == "html":
                assert_no_script(part.get_content(), "mail")


def test_the_command(printed):
    number = str(printed.sql("SELECT min(id) FROM item")[0][0])
    feed, page, opml = printed.path("feed.xml"), printed.path("page.html"), printed.path("list.opml")
    with open(feed, "wb") as file:
        file.write(hostile_feed())
    with open(page, "w", encoding="utf-8") as file:
        file.write(PAGE % (NASTY % "", NASTY % "", BODY))
    with open(opml, "w", encoding="utf-8") as file:
        file.write('<opml version="2.0"><body><outline text="%s" xmlUrl="http://h.example/&#155;31m"/>'
                   '<outline text="%s" xmlUrl="-o\x7fProxyCommand=id"/></body></opml>' % (
                       (re.sub('["<]', "", NASTY % "\x7f"),) * 2))
    formats = [["query", "--format", f] for f in ("table", "tsv", "markdown", "json", "urls", "atom")]
    formats += [["show", number, "--format", f] for f in ("text", "markdown", "html", "json")]
    formats += [["digest", "--output", "-", "--format", f] for f in ("html", "markdown", "text", "json", "atom", "mail")]
    formats += [[c, "--format", f] for c in ("feeds", "health", "status", "rules", "cursors", "labels")
                for f in ("text" if c in ("health", "status") else "table", "json")]
    for args in (*formats, ["query", "--new-for", "x"], ["query", "--match", "harbours"], ["show", "--revisions", number],
                 ["feeds", "--all"], ["log", "1"], ["log", "1", "--format", "json"], ["status", "--format", "prometheus"],
                 ["explain", number], ["explain", number, "--format", "json"], ["export"], ["check", "--store"],
                 ["mark", "--star", number], ["complete", "--", "feeds", ""], ["complete", "--", "log", "h"],
                 ["parse", feed], ["extract", page], ["parse", page], ["extract", feed], ["import", "--dry-run", opml],
                 ["poll", "--force"], ["subscribe", "http://hostile.example/feed"], ["unsubscribe", "http://\x9b31m/"]):
        done = printed.diurna(*args)
        assert done.returncode in (0, 1, 64, 65, 69), (args, done.stderr)
        assert done.returncode != 64 or args[0] in ("import", "unsubscribe", "subscribe"), (args, done.stderr)
        assert_no_command(done.stdout + done.stderr, args)
    rows = printed.diurna("query", "--format", "tsv").stdout.splitlines()
    assert len(rows) == len(printed.sql("SELECT id FROM item WHERE state = 'ready'")) + 1
    for row in rows:
        assert not any(cell.startswith(("=", "+", "-", "@")) for cell in row.split("\t")), row


def test_what_others_put_into_the_folder_of_the_digests(printed):
    """Other names of a file, pipes and links in the way are replaced; nothing is written through them."""
    number, name = printed.sql("SELECT id, name FROM edition")[0]
    victim, folder = printed.path("victim"), printed.path("digests", name)
    with open(victim, "w", encoding="ascii") as file:
        file.write("mine")
    papers = [n for n in os.listdir(folder) if n.endswith((".html", ".md", ".txt", ".json"))]
    for n, paper in enumerate(papers):
        way = [lambda path: os.link(victim, path), os.mkfifo, lambda path: os.symlink(victim, path)][n % 3]
        way(os.path.join(folder, ".%s.new" % paper))
        os.unlink(os.path.join(folder, paper))
        way(os.path.join(folder, paper))
    done = printed.diurnad("--publish", str(number))
    assert done.returncode == 0 and len(papers) >= 4, done.stderr
    with open(victim, encoding="ascii") as file:
        assert file.read() == "mine"
    for paper in papers:
        path = os.path.join(folder, paper)
        assert os.path.isfile(path) and not os.path.islink(path) and os.path.getsize(path) > 100, paper
    assert printed.temporary_files() == []


def test_the_log_keeps_the_passwords_of_addresses(home, web):
    web.put("a.example", "/feed", Page(hostile_feed(), "application/rss+xml"))
    home.configure({"All": ["http://me:pa55word@a.example/feed", "http://me:pw@b.example/x@y"]})
    log = home.once("--force").stderr
    assert "http://me:***@a.example/feed" in log and "http://me:**@b.example/x@y" in log, log
    assert "pa55word" not in log and ":pw@" not in log
