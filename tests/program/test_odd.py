"""An edition of odd articles, in every format, read by others than us."""

import email
import email.policy
import html
import json
import os
import re
import shutil
import subprocess
import unicodedata
import zipfile
from html.parser import HTMLParser

import pytest

from browser import Browser, chromium
from diurna import Home
from sites import Page, Sites
from test_formats import Text, check_atom, read

LONG = "https://a.example/" + "0123456789abcdef" * 60
WIDE = "".join("<tr>%s</tr>" % "".join("<td>Quantity%d.%d</td>" % (n, m) for m in range(12)) for n in range(4))
LISTS, LISTS_END = "<ul><li>Level<ol><li>step" * 3, "</li></ol></li></ul>" * 3
QUOTES, QUOTES_END = "<blockquote>" * 6, "</blockquote>" * 6
# By what is odd about it: title and text.
ODD = {
    "long-title": ("A headline of very many words " * 10 + "Donaudampfschifffahrtselektrizitätenhauptbetriebswerk" * 3,
                   "<p>Short.</p>"),
    "no-title": ("", "<p>Nothing stands above this paragraph about kelp.</p>"),
    "only-image": ("", '<img src="https://a.example/only.jpg">'),
    "wide-table": ("Twelve columns", "<table><caption>Calls</caption>%s</table>" % WIDE),
    "long-words": ("https://a.example/a-title-that-is-a-url/" + "x" * 200,
                   '<p>See %s and <a href="%s">%s</a>.</p><pre><code>%s</code></pre><p><code>%s</code></p>' % (
                       LONG, LONG, LONG, "a_" * 300, "b_" * 300)),
    "rtl-in-ltr": ("The word سلام in a title (ש)",
                   "<p>The word <span dir=rtl>שלום עולם (12)</span> in a line, and سلام without a mark.</p>"
                   "<p dir=rtl>نص من اليمين: 3 &lt; 5</p>"),
    "cjk": ("港口在夜里安静下来,没有人知道为什么" * 4, "<p>%s</p><p>%s</p>" % (
        "港口晚上十点之后<em>安静</em>下来。" * 20, "トンネルを抜けると雪国であった。" * 20)),
    "thai": ("ท่าเรือเงียบสงบในเวลากลางคืน", "<p>%s</p>" % ("ท่าเรือเงียบสงบในเวลากลางคืนไม่มีใครรู้ว่าทำไม" * 20)),
    "emoji": ("👩‍👩‍👧‍👦 A family and flags 🇨🇭", "<p>%s</p>" % ("👍🏽 🇨🇭 👩‍🚀 ☕️ " * 20)),
    "combining": ("Z\u0337\u0321a\u0335 and e" + "\u0301" * 300, "<p>c\u0327a va, %s</p>" % ("a" + "\u0308" * 40)),
    "controls": ("Bell \x07 esc \x1b[31m \ufffe \u202e over \u2066 isolate", "<p>a\x0bb\x1b[2Jc\x7fd\u202ee\u200bf\x85g</p>"),
    "nested": ("Six deep", LISTS + "<p>The bottom of lists.</p>" + LISTS_END + QUOTES +
               "<p>The bottom of quotations.</p>" + QUOTES_END),
    "notes-1": ("Notes one", '<p>Claim<sup id="fn1"><a href="#n1">1</a></sup>.</p><ol><li id="n1">First note '
                '<a href="#fn1">back</a></li></ol>'),
    "notes-2": ("Notes two", '<p id="contents">Claim<sup id="fn1"><a href="#n1">1</a></sup>.</p><ol><li id="n1">'
                'Second note <a href="#fn1">back</a></li></ol>'),
    "headings": ("Headings in disorder", "<h6>Six</h6><p>a</p><h1>One</h1><p>b</p><h4>Four</h4><p>c</p><h2>Two</h2>"
                 "<h3></h3><h5>Five <a name=x>x</a></h5><p>d</p>"),
    "long-pre": ("Five thousand lines", "<pre>%s</pre>" % "".join("line %d &lt;of&gt; 5000\n" % n for n in range(5000))),
    "remains": ("Formulas and drawings",
                "<p>Energy <math><mi>E</mi><mo>=</mo><mi>m</mi><msup><mi>c</mi><mn>2</mn></msup></math> and <svg width=10>"
                "<title>A dot</title><script>alert(1)</script><circle r=5 /></svg> remain.</p><p>\\(a_1 + b^*_2\\), $x_i$.</p>"),
    "hard-spaces": ("Hard spaces and wide signs", "<p>It ends so.\xa0\xa0</p><p>\xa0</p><p>And so.\u202f</p><p>%s</p>" % (
        "Yes \u2705 no \u274c " * 20)),
    "author": ("Markup for an author", "<p>By somebody.</p>"),
    "empty": ("An empty text", ""),
    "large": ("Two megabytes", "<p>%s</p>" % "</p><p>".join("Words that go on about paragraph %d. " % n * 20
                                                            for n in range(2800))),
    "broken": ("Broken <b>markup", "<p>One<b>two<i>three</b>four</i><li value=3>stray<td>cell</p></table>"
               "<a href='javascript:alert(1)'>bad</a><p><a href='http://[::bad'>odd</a><br/></p><hr>"
               '<a href="https://a.example/?a=%zz&b=<c>">escape</a>'),
    "markdown": ("1. [x](y) *z* ~~q~~",
                 "<p>- dash</p><p>+ plus</p><p>12) number</p><p>    four spaces</p><p># hash</p>"
                 "<p>a<br>- b<br>> c<br>===<br>1. d</p><p>&lt;script&gt;&amp;lt;</p><ul><li>- in item</li><li># in item</li></ul>"
                 "<pre><code>\n\n  first line\n</code></pre><p>Setext?<br>---</p><p>***</p><p>`` ` ``</p><pre>```\nfence\n~~~</pre><p>![i](j) &lt;!-- c --&gt; &copy; \\*</p>"
                 "<p><b>Note:</b>one<b> two </b>three<i>four</i><b>five</b> \u201c<em>six,</em>\u201dseven</p>"),
}
AUTHOR = '<b>Ann</b> "A" <script>x</script> & Sons <a@b.example>'


def feed():
    items = "".join(
        "<item><title>%s</title><link>http://a.example/%s</link><guid>%s</guid><author>%s</author>"
        "<description>%s</description></item>" % (
            html.escape(title), name, name, html.escape(AUTHOR) if name == "author" else "", html.escape(text))
        for name, (title, text) in ODD.items())
    return ('<rss version="2.0"><channel><title>Odd &lt;i&gt;things</title><link>http://a.example/</link>%s'
            "</channel></rss>" % items)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The home of that edition."""
    with Sites() as web:
        web.put("a.example", "/feed", Page(feed().encode(), "application/rss+xml"))
        home = Home(tmp_path_factory.mktemp("odd"), web)
        home.configure({"Odd": ["http://a.example/feed"]}, digest={
            "formats": ["html", "markdown", "text", "json", "atom", "epub", "mail"], "max-first": 1000})
        with open(home.config, "a", encoding="utf-8") as file:
            file.write('feed "http://a.example/feed" { fulltext = false }\n')
        home.once("--edition")
        yield home
        home.close()


@pytest.fixture(scope="module")
def digests(made):
    return made.path("digests", "latest")


def one(made, extension):
    found, = [f for f in made.digest_files(extension) if "latest" not in f]
    return made.path("digests", found)


class Outline(HTMLParser):
    """Elements in one another, and what is wrong with that."""

    VOID = {"br", "hr", "img", "meta", "link", "input", "wbr", "col", "source", "track"}

    def __init__(self, text):
        super().__init__()
        self.open, self.ids, self.wrong, self.articles = [], set(), [], 0
        self.feed(text)
        if self.open:
            self.wrong.append("open: %s" % self.open)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "li" and self.open[-1] not in ("ul", "ol"):
            self.wrong.append("li in " + self.open[-1])
        if attrs.get("id") in self.ids:
            self.wrong.append("id twice: " + attrs["id"])
        self.ids |= {attrs["id"]} if "id" in attrs else set()
        self.wrong += [attrs["href"]] if re.match(r"javascript:|http://\[::bad", attrs.get("href", "")) else []
        self.articles += tag == "article"
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag not in self.VOID and self.open.pop() != tag:
            self.wrong.append("</%s>" % tag)


def test_the_page_is_sound_html(digests):
    page = read(digests, "odd.html")
    outline = Outline(page)
    assert outline.wrong == [] and outline.articles == len(ODD)
    assert not [c for c in page if unicodedata.category(c) == "Cc" and c not in "\n\t"]
    # A note is on the page of its article, not in the feed.
    assert 'href="http://a.example/notes-1#n1"' in page and "/feed#" not in page
    assert "<pre><code>  first line" in page
    assert "<script" not in page and "alert(1)" not in page
    assert Outline(read(digests, "index.html")).wrong == []
    # Our words read from the left, also in an article whose direction is that of its first letter.
    assert 'dir="auto"' in page and 'class="facts">' not in page and 'class="facts" dir="ltr"' in page
    # A story without a text takes no time to read.
    empty = re.search(r"An empty text</a></h2>\n<p class=\"facts\"[^>]*>.*", page)[0]
    assert "min read" not in empty and "min read" in page


def test_markdown_says_what_the_page_says(digests):
    if not shutil.which("cmark"):
        pytest.skip("cmark is not there")
    parts = re.split(r'<a id="a-(\d+)"></a>\n', read(digests, "odd.md"))
    page = dict(re.findall(r'<article class="story[^"]*" id="a-(\d+)"(.*?)</article>', read(digests, "odd.html"), re.S))
    assert len(parts) == 1 + 2 * len(ODD)
    for number, markdown in zip(parts[1::2], parts[2::2]):
        done = subprocess.run(["cmark", "--unsafe"], input=markdown, stdout=subprocess.PIPE, text=True, check=True)
        said, wanted = Text(), Text("text")
        said.feed(done.stdout)
        wanted.feed(page[number])
        # Tables are of GitHub's Markdown, for CommonMark a paragraph with bars.
        plain = [" ".join(w for w in " ".join(t.words).replace("|", " ").split() if not re.match(r"^-+$", w))
                 for t in (said, wanted)]
        assert plain[1] in plain[0], (number, plain[1][:200], markdown[:500])


def columns(line):
    return sum(0 if unicodedata.category(c) in ("Mn", "Me", "Cf") else 2 if unicodedata.east_asian_width(c) in "WF" else 1
               for c in line)


def test_text_keeps_to_its_columns(digests):
    for line in read(digests, "odd.txt").splitlines():
        # A word that is longer stays whole: it may be an address or code.
        assert columns(line) <= 72 or max(map(len, line.split())) > 60, line
        assert line == line.rstrip(), "what ends in a space would be joined with the next line by RFC 3676"
        assert not [c for c in line if unicodedata.category(c) == "Cc"], line


def test_text_has_no_empty_paragraphs(digests):
    text = read(digests, "odd.txt")
    assert "It ends so.\n\nAnd so.\n" in text


def test_feeds_of_the_section_are_sound(digests):
    assert len(check_atom(read(digests, "odd.atom"))) == len(ODD)
    feed = json.loads(read(digests, "odd.json"))
    assert len({item["id"] for item in feed["items"]}) == len(ODD)


def test_mail_is_read_whole(made):
    path = one(made, ".eml")
    with open(path, "rb") as file:
        message = email.message_from_binary_file(file, policy=email.policy.default)
    parts = list(message.walk())
    assert [p.get_content_type() for p in parts] == ["multipart/alternative", "text/plain", "text/html"]
    assert all(p.defects == [] for p in parts)
    for part in parts[1:]:
        assert "paragraph 2799" in part.get_content() and "line 4999" in part.get_content()
    with open(path, "rb") as file:
        assert max(map(len, file)) <= 78


def test_a_book_is_made_of_it(made):
    book = one(made, ".epub")
    with zipfile.ZipFile(book) as archive:
        assert archive.testzip() is None
    if not os.environ.get("DIURNA_TEST_BROWSER"):
        pytest.skip("epubcheck is asked for by make check-browser")
    if not shutil.which("epubcheck") or not shutil.which("java"):
        pytest.skip("epubcheck is not there")
    done = subprocess.run(["java", "-jar", shutil.which("epubcheck"), book],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert done.returncode == 0 and "No errors or warnings detected" in done.stdout, done.stdout


@pytest.mark.skipif(not os.environ.get("DIURNA_TEST_BROWSER"), reason="asked for by make check-browser")
@pytest.mark.skipif(not chromium(), reason="chromium is not there")
def test_nothing_scrolls_sideways(digests):
    """On phones, on a desk, and there at 200 and 400 per cent."""
    with Browser() as browser:
        for name in ("odd.html", "index.html"):
            for width in (320, 390, 640, 1280):
                browser.open("file://%s/%s" % (digests, name), width)
                assert browser.evaluate("document.documentElement.scrollWidth") <= width, (name, width)
