"""Feeds found behind pages, and lists of other readers."""

import base64
import html
import itertools
import os
import pty
import re
import signal
import subprocess
import threading

import pytest

from diurna import PATIENCE_S, block, program, wait_until
from sites import Page

ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>%s</title><id>urn:x</id>
<updated>2026-08-22T06:30:00Z</updated><entry><id>urn:1</id><title>One</title>
<link href="http://a.example/1"/><updated>2026-08-22T06:30:00Z</updated></entry></feed>"""


def atom(title):
    return Page((ATOM % title).encode(), type="application/atom+xml")


def page(*links):
    return Page("<title>A page</title>%s<p>Welcome.</p>" % "".join(
        '<link rel="alternate" type="application/atom+xml" title="%s" href="%s">' % link for link in links))


def typing(home, text, *command):
    """What a terminal shows while somebody types this."""
    try:
        ours, tty = pty.openpty()
    except OSError:
        pytest.skip("no terminals can be made here")
    process = subprocess.Popen([program("diurna"), "--config", home.config, *command], stdin=tty, stdout=tty, stderr=tty,
                               env=home.env)
    os.close(tty)
    os.write(ours, text.encode())
    shown = b""
    try:
        while True:
            shown += os.read(ours, 4096)
    except OSError:
        pass  # the other end is closed
    os.close(ours)
    process.wait(PATIENCE_S)
    return shown.decode().replace("\r\n", "\n")


def prepare(home):
    home.configure({"Europe": []}, top={"subscriptions": "list.opml"})
    return home


def subscribed(home):
    exported = home.diurna("export")
    assert exported.returncode == 0, exported.stderr
    return re.findall(r'xmlUrl="([^"]*)"', exported.stdout)


def test_a_page_leads_to_its_feed(home, web):
    prepare(home)
    web.put("a.example", "/", page(("Comments", "/comments/feed"), ("All", "/feed")))
    web.put("a.example", "/comments/feed", atom("Comments on everything"))
    web.put("a.example", "/feed", atom("The A"))
    done = home.diurna("subscribe", "--section", "Europe", "http://a.example/")
    assert done.returncode == 0, done.stderr
    assert subscribed(home) == ["http://a.example/feed"]
    assert "The A" in done.stdout and 'section "Europe"' in done.stdout
    assert "http://a.example/comments/feed" in done.stderr  # also there
    assert 'text="The A"' in home.diurna("export").stdout
    again = home.diurna("subscribe", "--all", "http://a.example/")
    assert "already" in again.stdout
    assert subscribed(home) == ["http://a.example/feed", "http://a.example/comments/feed"]


def test_a_feed_that_moved_for_good_is_subscribed_where_it_is(home, web):
    prepare(home)
    web.put("a.example", "/old", Page("", status=301, headers={"Location": "http://b.example/new"}))
    web.put("b.example", "/new", atom("Moved"))
    assert home.diurna("subscribe", "http://a.example/old").returncode == 0
    assert subscribed(home) == ["http://b.example/new"]


def test_another_form_of_an_address_is_known(home, web):
    """http or https, with www or without, a slash at the end or none: one feed, subscribed once."""
    home.configure({"Europe": ["https://www.b.example/feed/"]}, top={"subscriptions": "list.opml"})
    web.put("a.example", "/feed", atom("The A"))
    assert home.diurna("subscribe", "http://a.example/feed").returncode == 0
    for other in ("https://a.example/feed", "http://www.a.example/feed/", "https://www.a.example/feed"):
        done = home.diurna("subscribe", other)
        assert done.returncode == 0, done.stderr
        assert done.stdout.startswith("%s is subscribed already, as http://a.example/feed, in " % other)
    assert home.diurna("subscribe", "--unchecked", "http://b.example/feed").stdout.startswith(
        "http://b.example/feed is subscribed already, as https://www.b.example/feed/, in section \"Europe\"")
    done = home.diurna("import", "-", input="https://a.example/feed\nhttp://b.example/feed\nhttp://c.example/feed?a=1\n"
                                            "https://www.c.example/feed?a=1\nhttp://c.example/feed?a=2\n")
    assert done.stdout == "2 new, 3 known, 0 broken.\n"
    assert subscribed(home) == ["https://www.b.example/feed/", "http://a.example/feed", "http://c.example/feed?a=1",
                                "http://c.example/feed?a=2"]
    assert "look like one feed" not in home.diurna("check").stdout
    home.configure({"Europe": ["https://www.b.example/feed/", "http://www.b.example/feed"]},
                   top={"subscriptions": "list.opml"})
    assert "https://www.b.example/feed/ and http://www.b.example/feed look like one feed" in home.diurna("check").stdout
    done = home.diurna("unsubscribe", "https://www.a.example/feed")
    assert done.returncode == 65 and "did you mean http://a.example/feed?" in done.stderr


def test_common_places_are_asked_only_on_request(home, web):
    prepare(home)
    web.put("a.example", "/", page())
    web.put("a.example", "/rss.xml", atom("Hidden"))
    done = home.diurna("subscribe", "http://a.example/")
    assert done.returncode == 65
    assert "--guess" in done.stderr
    assert len(web.requests("a.example")) == 1
    assert home.diurna("subscribe", "--guess", "http://a.example/").returncode == 0
    assert subscribed(home) == ["http://a.example/rss.xml"]


def test_what_fails_is_not_subscribed(home, web):
    prepare(home)
    done = home.diurna("subscribe", "http://nobody.example/feed")
    assert done.returncode == 65
    assert "404" in done.stderr and "--unchecked" in done.stderr
    assert subscribed(home) == []
    assert home.diurna("subscribe", "--unchecked", "http://nobody.example/feed").returncode == 0
    assert subscribed(home) == ["http://nobody.example/feed"]


def test_a_private_address_is_refused_here_too(home):
    home.configure({"Europe": []}, top={"subscriptions": "list.opml"}, proxy="",
                   network={"allow": ["10.0.0.0/8"]})
    done = home.diurna("subscribe", "http://127.0.0.1:9/feed")
    assert done.returncode == 65
    assert "loopback address; its network in the configuration, as in network { allow" in done.stderr


@pytest.mark.parametrize("name", ["x" + ("\u00e9" * 20 + ".") * 3, "%ff."], ids=["cut", "raw"])
def test_an_error_is_text_whatever_the_host_is(home, name):
    """A message that ends within a character, and a host that is no text."""
    home.configure({"Europe": []}, top={"subscriptions": "list.opml"}, proxy="", network={"allow": []})
    for command in ("import", "subscribe"):
        done = home.diurna(command, "http://%slocalhost/list.opml" % name)
        assert (done.returncode, "a loopback address" in done.stderr) == (65, True), done.stderr


def test_a_list_is_taken_whole(home, web):
    prepare(home)
    opml = ('<opml version="2.0"><body><outline text="News">'
            '<outline text="A" xmlUrl="http://a.example/1"/><outline text="B" xmlUrl="http://a.example/2"/>'
            '</outline></body></opml>')
    web.put("a.example", "/list.opml", Page(opml, type="text/x-opml"))
    done = home.diurna("import", "http://a.example/list.opml")
    assert (done.returncode, done.stdout) == (0, "2 new, 0 known, 0 broken.\n")
    assert subscribed(home) == ["http://a.example/1", "http://a.example/2"]
    assert "2 known" in home.diurna("subscribe", "http://a.example/list.opml").stdout


def test_lists_of_other_readers(home):
    prepare(home)
    with open(home.path("urls"), "w", encoding="utf-8") as file:
        file.write('http://a.example/1 news "~One"\nhttp://a.example/1\nexec:date\nhttp://b.example/2\n')
    dry = home.diurna("import", "--dry-run", home.path("urls"))
    assert "2 new (not added: --dry-run), 1 known, 1 broken" in dry.stdout
    assert subscribed(home) == []
    done = home.diurna("import", home.path("urls"))
    assert (done.returncode, done.stdout) == (65, "2 new, 1 known, 1 broken.\n")
    assert ", line 3: a program" in done.stderr
    exported = home.diurna("export").stdout
    assert re.search(r'text="news">\s*<outline type="rss" text="One" xmlUrl="http://a.example/1"', exported)
    assert "0 new, 3 known, 1 broken" in home.diurna("subscribe", home.path("urls")).stdout
    empty = home.diurna("import", "-", input="# nothing\n")
    assert empty.returncode == 65 and "no feeds" in empty.stderr


OUTLINES = '<?xml version="1.0"?><opml version="2.0"><body><outline text="Ü &amp; N">' \
    '<outline text="Ä" xmlUrl="http://a.example/1"/></outline></body></opml>'


@pytest.mark.parametrize("text, code, said", [
    (b"\xef\xbb\xbf" + OUTLINES.encode(), 0, ""),
    (OUTLINES.encode("utf-16"), 0, ""),
    (OUTLINES.encode("utf-16-be"), 0, ""),
    (OUTLINES.replace("?>", ' encoding="ISO-8859-1"?>').encode("latin-1"), 0, ""),
    ("http://a.example/1\r\n".encode("utf-16"), 0, ""),
    (OUTLINES[:-20].encode(), 65, "it ends in the middle"),
    (OUTLINES.replace("</outline>", '</outline><outline text="F" xmlUrl="ftp://a.example/f"/>').encode(), 65,
     "ftp://a.example/f: no address that can be polled"),
    (b"http://a.example/1\nnonsense\n", 65, "line 2: no address that can be polled"),
    (OUTLINES.replace("<outline", "<outline>" * 1000 + "<outline", 1).replace("</body>", "</outline>" * 1000 + "</body>")
     .encode(), 65, "what is nested too deep is passed over"),
    (b"<!DOCTYPE html><html><title>Log in</title><p>Please<br>log in", 65, "this is no OPML: it is a page"),
    (b"<rss><channel><title>F</title></channel></rss>", 65, "this is no OPML: it is a feed itself"),
    (b"http://a.example/1\n\0http://b.example/2\n", 65, "this is no text"),
    (b"\xff\xfe", 65, "no feeds are in it")], ids=itertools.count())
def test_odd_lists(home, text, code, said):
    """What can be taken is, and the exit status tells whether that was all."""
    prepare(home)
    with open(home.path("list"), "wb") as file:
        file.write(text)
    done = home.diurna("import", home.path("list"))
    assert done.returncode == code and said in done.stderr, done
    has_feed = code == 0 or "ends" in said or "polled" in said
    assert subscribed(home) == ["http://a.example/1"] * has_feed


def test_a_feed_without_a_title_of_its_own_takes_the_feeds(home, web):
    prepare(home)
    web.put("a.example", "/feed", atom("The A"))
    assert home.diurna("subscribe", "--unchecked", "http://a.example/feed").returncode == 0
    home.once()
    assert home.sql("SELECT title FROM v_feed") == [("The A",)]


def test_a_feed_that_was_never_polled_has_no_outcome(home, web):
    prepare(home)
    for name in ("one", "two"):
        web.put("a.example", "/" + name, atom(name))
        assert home.diurna("subscribe", "--unchecked", "http://a.example/" + name).returncode == 0
    home.once("http://a.example/two")
    assert home.sql("SELECT outcome, last_poll FROM v_feed WHERE url LIKE '%one'") == [(None, None)]
    assert home.sql("SELECT outcome FROM v_feed WHERE url LIKE '%two'") == [("ok",)]


def test_a_feed_is_polled_by_its_number(home, web):
    prepare(home)
    for name in ("one", "two"):
        web.put("a.example", "/" + name, atom(name))
        assert home.diurna("subscribe", "--unchecked", "http://a.example/" + name).returncode == 0
    home.once()
    mark = web.mark()
    assert home.diurna("poll", "2").returncode == 0
    assert [r.path for r in web.requests("a.example", since=mark)] == ["/two"]
    wrong = home.diurna("poll", "2", "3")
    assert wrong.returncode == 1 and "3 is not subscribed;" in wrong.stderr


def outlines(*names):
    return '<opml version="2.0"><body>%s</body></opml>' % "".join(
        '<outline xmlUrl="http://a.example/%s"/>' % name for name in names)


def followed(home):
    return sorted(url.rpartition("/")[2] for url, in home.sql("SELECT url FROM v_feed WHERE state = 'active'"))


def grow_old(home):
    """A day later, as the copy of the list has it."""
    folder = home.path("lists")
    for name in os.listdir(folder):
        os.utime(os.path.join(folder, name), (0, 0))


def test_a_list_on_the_network_is_followed(home, web):
    place = "http://lists.example/them.opml"
    home.configure({"Europe": []}, top={"subscriptions": ["list.opml", place]})
    with open(home.path("list.opml"), "w", encoding="utf-8") as file:
        file.write(outlines())
    for name in ("one", "two", "three"):
        web.put("a.example", "/" + name, atom(name))
    web.put("lists.example", "/them.opml", Page(outlines("one", "two"), etag='"1"'))
    home.once()
    assert followed(home) == ["one", "two"]
    assert home.sql("SELECT count(*) FROM v_feed WHERE polls > 0") == [(2,)]
    assert len(web.requests("lists.example", "/them.opml")) == 1
    home.once()
    assert len(web.requests("lists.example", "/them.opml")) == 1  # once a day
    grow_old(home)
    home.once()
    assert web.requests("lists.example", "/them.opml")[1].status == 304
    # It changes; then it breaks in several ways, which changes nothing.
    web.put("lists.example", "/them.opml", Page(outlines("two", "three"), etag='"2"'))
    grow_old(home)
    home.once()
    assert followed(home) == ["three", "two"]
    for broken in (Page(outlines()), Page("<p>We have moved."), Page("", status=500)):
        web.put("lists.example", "/them.opml", broken)
        grow_old(home)
        assert "the copy before stays in force" in home.once().stderr
        assert followed(home) == ["three", "two"]
    # subscribe writes to the list that is a file.
    assert home.diurna("subscribe", "--unchecked", "http://a.example/four").returncode == 0
    assert "four" in open(home.path("list.opml"), encoding="utf-8").read()


def test_validators_of_a_list_belong_to_where_it_came_from(home, web):
    """A list behind a redirect: the place that gave the validators gets them, and no other."""
    place = "http://lists.example/them.opml"
    web.put("a.example", "/one", atom("one"))
    web.put("lists.example", "/them.opml", Page("", status=302, headers={"Location": "http://old.example/list"}),
            Page("", status=302, headers={"Location": "http://old.example/list"}),
            Page("", status=302, headers={"Location": "http://new.example/list"}))
    web.put("old.example", "/list", Page(outlines("one"), etag='"1"'))
    web.put("new.example", "/list", Page(outlines("one"), etag='"1"'))
    home.configure({"Europe": []}, top={"subscriptions": [place]})
    for _ in range(3):
        home.once()
        grow_old(home)
    assert [r.headers.get("if-none-match") for r in web.requests("lists.example")] == [None] * 3
    assert [(r.headers.get("if-none-match"), r.status) for r in web.requests("old.example")] == \
        [(None, 200), ('"1"', 304)]
    # Another place may use the same words for something else.
    assert [(r.headers.get("if-none-match"), r.status) for r in web.requests("new.example")] == [(None, 200)]


def test_a_daemon_takes_a_list_of_the_network_as_it_comes(home, web):
    web.put("lists.example", "/them.opml", Page(outlines("one"), delay_s=0.3))
    web.put("a.example", "/one", atom("one"))
    home.configure({"Europe": []}, top={"subscriptions": "http://lists.example/them.opml"})
    daemon = home.start()
    daemon.wait_for("list http://lists.example/them.opml: 1 feed")
    daemon.wait_for("feed 1 http://a.example/one: 1 new")
    wrong = home.diurna("subscribe", "http://a.example/two")
    assert wrong.returncode == 78 and "names no list of its own" in wrong.stderr
    assert daemon.stop() == 0


def test_a_reload_while_a_list_is_on_its_way(home, web):
    """It goes on with the credentials that it began with; freed memory is overwritten, so that nobody reads on."""
    place, reloaded = "http://lists.example/them.opml", threading.Event()

    def moved(request):
        reloaded.wait(PATIENCE_S)
        return ""

    web.put("lists.example", "/them.opml", Page(moved, status=302, headers={"Location": "/new.opml"}))
    web.put("lists.example", "/new.opml", Page(outlines("one")))
    web.put("a.example", "/one", atom("one"))
    with open(home.path("secret"), "w", encoding="ascii") as file:
        file.write("sesame")
    home.configure({"Europe": []}, top={"subscriptions": place})
    with open(home.config, "a", encoding="utf-8") as file:
        file.write(block('feed "%s"' % place, {"user": "ada", "password-file": "secret"}))
    daemon = home.start(env={"MALLOC_PERTURB_": "165", "GLIBC_TUNABLES": "glibc.malloc.tcache_count=0"})
    wait_until(lambda: web.requests("lists.example", "/them.opml"), "the list is asked for")
    for n in range(2):
        daemon.signal(signal.SIGHUP)
        wait_until(lambda: daemon.log.count("reloaded: ") > n, "reloaded")
    reloaded.set()
    daemon.wait_for("list %s: 1 feed" % place)
    asked = web.requests("lists.example", "/new.opml")[0].headers
    assert asked["authorization"] == "Basic " + base64.b64encode(b"ada:sesame").decode()
    assert daemon.stop() == 0


def test_a_file_that_is_no_list_is_called_so(home):
    home.configure({}, top={"subscriptions": "list.opml"})
    with open(home.path("letter.txt"), "wb") as file:
        file.write(b"Dear reader,\n\nthis is no list.\n" + b"\xff\xfe and so on\n" * 100)
    done = home.diurna("import", "letter.txt")
    assert done.returncode == 65 and done.stdout == ""
    lines = done.stderr.splitlines()
    assert "letter.txt, line 1: no address" in lines[0] and "nothing in it is a feed" in lines[-1]
    assert len(lines) < 25 and not os.path.exists(home.path("list.opml"))


LINKS = """<!DOCTYPE html><html><head><base href="/news/"><title>A page</title>
<link rel="stylesheet" href="style.css"><link rel="alternate" hreflang="de" href="/de/">
<!-- <link rel="alternate" type="application/rss+xml" href="/commented-out"> -->
<LINK REL='Alternate' TYPE='application/rss+xml' HREF='relative.xml' TITLE='Caf&eacute; &amp; more'>
<link type="application/atom+xml; charset=utf-8" href="../up?a=1&amp;b=2" rel="nofollow alternate">
<link rel="alternate" type="application/feed+json" href="//b.example/feed.json">
<link rel=feed href=http://c.example/unquoted>
<link rel="alternate" type="application/rss+xml" href="feed://d.example/scheme">
<link rel="alternate" type="application/rss+xml" href=" /spaces&#x9; ">
<link rel="alternate" type="application/rss+xml" href="relative.xml" title="The same again">
<link rel="alternate" type="application/rss+xml" href="/dead" title="Dead">
<link rel="alternate" type="application/rss+xml" href="javascript:alert(1)">
<link rel="alternate" type="application/rss+xml" href="">
</head><body>%s</body></html>"""
NAMED = {"http://a.example/news/relative.xml": "Relative", "http://a.example/up?a=1&b=2": "Up",
         "http://b.example/feed.json": "JSON", "http://c.example/unquoted": "Unquoted",
         "http://d.example/scheme": "Scheme", "http://a.example/spaces": "Spaces"}


def put_named(web):
    web.put("a.example", "/", Page(LINKS % "<p>Welcome.</p>"))
    web.put("a.example", "/dead", Page("", status=410))
    for url, title in NAMED.items():
        host, path = url[7:].split("/", 1)
        web.put(host, "/" + path, Page(
            '{"version": "https://jsonfeed.org/version/1.1", "title": "JSON", "items": []}',
            type="application/feed+json") if title == "JSON" else atom(title))


def test_feeds_are_found_however_a_page_names_them(home, web):
    prepare(home)
    put_named(web)
    done = home.diurna("subscribe", "--all", "http://a.example/")
    assert done.returncode == 0, done.stderr
    assert [html.unescape(url) for url in subscribed(home)] == list(NAMED)
    assert [line.split(": ")[-1] for line in done.stdout.splitlines() if "Subscribed" in line] == [
        title + "." for title in NAMED.values()]
    assert "http://a.example/dead, which the page names too, is left out: gone; --unchecked adds it" in done.stderr
    assert not web.requests("a.example", "/commented-out") and len(web.requests("a.example", "/news/relative.xml")) == 1


def test_one_of_several_feeds_is_picked_on_a_terminal(home, web):
    prepare(home)
    put_named(web)
    for typed, count in (("q\n", 0), ("9\nx\n2, 3\n", 2), ("\n", 3), ("all\n", 6)):
        shown = typing(home, typed, "subscribe", "http://a.example/")
        assert "  1  Relative\n     http://a.example/news/relative.xml\n" in shown, shown
        assert "Which? Numbers, all, or q for none [1]: " in shown
        assert (count == 0) == ("nothing was picked" in shown)
        assert len(subscribed(home)) == count, shown


def test_a_channel_and_a_forum_are_asked_for_where_their_feeds_are(home):
    """The places are https://, which nobody serves here: the addresses asked for are in the answer."""
    prepare(home)
    for said, asked in (("https://www.youtube.com/channel/UCabc-_1?view=0", "videos.xml?channel_id=UCabc-_1"),
                        ("https://old.reddit.com/r/europe/top", "https://www.reddit.com/r/europe/.rss"),
                        ("https://github.com/a/b/releases", "https://github.com/a/b/releases.atom")):
        done = home.diurna("subscribe", said)
        assert done.returncode == 65 and asked in done.stderr, done.stderr


def test_a_channel_by_its_name_is_found_by_its_page(home, web):
    prepare(home)
    web.put("www.youtube.com", "/@somebody", Page(
        '<html><head><link rel="canonical" href="http://www.youtube.com/channel/UCabc">'
        '<link rel="alternate" media="handheld" href="http://m.youtube.com/@somebody">'
        '<link rel="alternate" type="application/rss+xml" title="RSS" '
        'href="http://www.youtube.com/feeds/videos.xml?channel_id=UCabc"></head><body></body></html>'))
    web.put("www.youtube.com", "/feeds/videos.xml?channel_id=UCabc", atom("Somebody"))
    done = home.diurna("subscribe", "http://www.youtube.com/@somebody")
    assert done.returncode == 0 and "Somebody" in done.stdout, done
    assert subscribed(home) == ["http://www.youtube.com/feeds/videos.xml?channel_id=UCabc"]
