"""Articles on several pages, their other versions, rules of sites: fetched from loopback."""

import datetime
import email.utils
import html
import json
import os

import pytest

from diurna import wait_until
from press import Press
from sites import Page, Sites

HOST = "tidings.example"


@pytest.fixture(scope="module")
def paragraphs():
    """Texts of some length, each once."""
    with Sites() as web:
        press = Press(web, sites=4, items=8, seed=5)
    found = sorted({p for _, story in press.texts for p in story})
    assert len(found) > 60
    return found


def page(text, title="A long way round", head="", tail=""):
    return Page("<!doctype html><html lang=en><head><title>%s | Tidings</title>%s</head><body>"
                "<nav><a href=/>Home</a> <a href=/news>News</a></nav><main><article><h1>%s</h1>"
                "<p class=standfirst>The story of a boat, told by those who were not aboard it.</p>%s"
                "</article>%s</main><footer>Tidings, the harbour, all rights reserved</footer></body></html>" % (
                    html.escape(title), head, html.escape(title),
                    "".join("<p>%s</p>" % html.escape(p) for p in text), tail))


def feed(web, paths, summary="A boat."):
    web.put(HOST, "/feed", Page(
        "<rss version='2.0'><channel><title>Tidings</title><link>http://%s/</link><description>d</description>"
        "%s</channel></rss>" % (HOST, "".join(
            "<item><title>A long way round</title><link>http://%s%s</link><guid>%s</guid>"
            "<description>%s</description></item>" % (HOST, path, path, html.escape(summary))
            for path in paths)), "application/rss+xml"))


def read(home, **more):
    """One round; the article, as `diurna show` gives it, and the daemon's log."""
    home.configure({"Sea": ["http://%s/feed" % HOST]}, **more)
    done = home.once()
    (number,), = home.sql("SELECT id FROM v_item")
    shown = home.diurna("show", str(number), "--format", "json")
    assert shown.returncode == 0, shown.stderr
    return json.loads(shown.stdout), done.stderr


def asked(web, since=0):
    return [r.path for r in web.requests(HOST, since=since) if r.path not in ("/feed", "/robots.txt")]


def test_pages_are_followed_and_joined_without_repeating(home, web, paragraphs):
    parts = paragraphs[:5], paragraphs[5:10], paragraphs[10:15]
    feed(web, ["/boat.html"])
    pager = "<p><a href=/boat.html>1</a> <a href=/boat-2.html>2</a> <a href=/boat-3.html>3</a></p>"
    web.put(HOST, "/boat.html", page(parts[0], head="<link rel=next href=/boat-2.html>"))
    # the second page has numbers only, the third says its last paragraph again
    web.put(HOST, "/boat-2.html", page(parts[1], tail=pager))
    web.put(HOST, "/boat-3.html", page([parts[1][-1]] + parts[2], tail=pager))
    item, _ = read(home)
    assert asked(web) == ["/boat.html", "/boat-2.html", "/boat-3.html"]
    places = [item["text"].find(p) for p in paragraphs[:15]]
    assert -1 not in places and places == sorted(places)
    for text in paragraphs[:15] + ["told by those who were not aboard"]:
        assert item["text"].count(text) <= 1, text
        assert item["html"].count(html.escape(text, quote=False)) <= 1, text
    assert "reason" not in item


def test_a_page_that_says_little_of_itself_is_called_as_its_entry(home, web, paragraphs):
    an_hour_ago = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0) - datetime.timedelta(hours=1)
    web.put(HOST, "/feed", Page(
        "<rss version='2.0' xmlns:dc='http://purl.org/dc/elements/1.1/'><channel><title>Tidings</title>"
        "<link>http://%s/</link><description>d</description><item><title>Pilots &amp; captains agree</title>"
        "<link>http://%s/story</link><guid>1</guid><pubDate>%s</pubDate>"
        "<dc:creator>By Jane Doe and John Smith, Staff writers</dc:creator></item></channel></rss>" % (
            HOST, HOST, email.utils.format_datetime(an_hour_ago)), "application/rss+xml"))
    bad = page(paragraphs[:5], title="Home", head="<meta name=author content=Tidings>")
    bad.body = bad.body.replace("<h1>Home</h1>", "<h1>Tidings</h1><p>10 June 2026</p>")
    web.put(HOST, "/story", bad)
    item, _ = read(home)
    assert (item["title"], item["author"]) == ("Pilots & captains agree", "Jane Doe, John Smith")
    assert datetime.datetime.fromisoformat(item["published"].replace("Z", "+00:00")) == an_hour_ago
    assert paragraphs[3] in item["text"]


def test_a_picture_of_the_text_leads_where_the_page_names_none(home, web, paragraphs):
    feed(web, ["/boat"])
    pictures = "<img src=/dot.png width=16><img src=/boat.jpg width=900>"
    answer = page(paragraphs[:5])
    answer.body = answer.body.replace("</p><p>", "</p><p>%s</p><p>" % pictures, 2)
    web.put(HOST, "/boat", answer)
    item, _ = read(home)
    assert item["image"] == "http://%s/boat.jpg" % HOST


def test_links_to_the_next_article_are_not_followed(home, web, paragraphs):
    feed(web, ["/2026/05/boat"])
    web.put(HOST, "/2026/05/boat", page(paragraphs[:5], tail=(
        "<a rel=next href=/2026/06/train>Next</a> <a rel=next href=/2026/05/boat/comment-page-2/>Older</a>")))
    read(home)
    assert asked(web) == ["/2026/05/boat"]


def test_a_site_without_end_is_left_after_twenty_pages(home, web, paragraphs):
    feed(web, ["/boat?page=1"])
    for n in range(1, 30):
        web.put(HOST, "/boat?page=%d" % n, page(
            paragraphs[2 * n:2 * n + 2], head="<link rel=next href='/boat?page=%d'>" % (n + 1)))
    item, _ = read(home)
    assert len(asked(web)) == 20
    assert paragraphs[40] in item["text"] and paragraphs[42] not in item["text"]


def test_a_server_that_ignores_the_number_repeats_nothing(home, web, paragraphs):
    feed(web, ["/boat"])
    for n in ("", "?page=2", "?page=3"):
        web.put(HOST, "/boat" + n, page(paragraphs[:5], head="<link rel=next href='/boat?page=2'>"))
    item, _ = read(home)
    assert asked(web) == ["/boat", "/boat?page=2"]
    assert item["text"].count(paragraphs[0]) == 1


def test_a_server_that_answers_all_numbers_alike_but_for_a_line(home, web, paragraphs):
    feed(web, ["/boat?page=1"])
    for n in range(1, 5):
        web.put(HOST, "/boat?page=%d" % n, page(
            paragraphs[:5] + [paragraphs[20 + n]], head="<link rel=next href='/boat?page=%d'>" % (n + 1)))
    item, _ = read(home)
    assert asked(web) == ["/boat?page=1", "/boat?page=2"]
    assert paragraphs[4] in item["text"] and paragraphs[22] not in item["text"]


def test_a_further_page_gives_its_own_text_alone(home, web, paragraphs):
    feed(web, ["/boat"])
    whole = "<script type='application/ld+json'>%s</script>" % json.dumps(
        {"@type": "NewsArticle", "headline": "A long way round", "articleBody": "\n\n".join(paragraphs[:9])})
    web.put(HOST, "/boat", page(paragraphs[:8], head=whole + "<link rel=next href='/boat?page=2'>"))
    web.put(HOST, "/boat?page=2", page(paragraphs[8:9], head=whole))
    item, _ = read(home)
    assert asked(web) == ["/boat", "/boat?page=2"]
    assert [item["text"].count(p) for p in paragraphs[:9]] == [1] * 9


def test_a_page_that_fails_is_said(home, web, paragraphs):
    feed(web, ["/boat"])
    web.put(HOST, "/boat", page(paragraphs[:5], head="<link rel=next href='/boat?page=2'>"))
    web.put(HOST, "/boat?page=2", Page("gone", status=410))
    item, _ = read(home)
    assert paragraphs[4] in item["text"]
    assert item["reason"] == "page 2 could not be read: the text ends before it"


def test_a_failure_that_may_pass_is_tried_again_with_all_pages(home, web, paragraphs):
    feed(web, ["/boat"])
    web.put(HOST, "/boat", page(paragraphs[:5], head="<link rel=next href='/boat?page=2'>"))
    web.put(HOST, "/boat?page=2", Page("busy", status=503), page(paragraphs[5:10]))
    home.set_clock("+0")
    home.configure({"Sea": ["http://%s/feed" % HOST]})
    home.once()
    assert home.sql("SELECT count(*) FROM v_item WHERE text IS NOT NULL") == [(0,)]
    home.set_clock("+4000")
    item, _ = read(home)
    assert asked(web) == ["/boat", "/boat?page=2"] * 2
    assert paragraphs[4] in item["text"] and paragraphs[9] in item["text"]


def test_the_whole_article_on_one_page_is_preferred(home, web, paragraphs):
    feed(web, ["/boat"])
    web.put(HOST, "/boat", page(paragraphs[:4], head="<link rel=next href='/boat?page=2'>",
                                tail="<a href='/boat?all=1'>View as one page</a>"))
    web.put(HOST, "/boat?page=2", page(paragraphs[4:8]))
    web.put(HOST, "/boat?all=1", page(paragraphs[:8]))
    item, _ = read(home)
    assert asked(web) == ["/boat", "/boat?all=1"]
    assert all(item["text"].count(p) == 1 for p in paragraphs[:8])


def test_what_json_ld_has_whole_needs_no_further_pages(home, web, paragraphs):
    feed(web, ["/boat"])
    whole = "<script type='application/ld+json'>%s</script>" % json.dumps(
        {"@type": "NewsArticle", "headline": "A long way round", "articleBody": "\n\n".join(paragraphs[:12])})
    for n in range(4):
        web.put(HOST, "/boat?page=%d" % (n + 1) if n else "/boat", page(
            paragraphs[3 * n:3 * n + 3], head=whole + "<link rel=next href='/boat?page=%d'>" % (n + 2)))
    item, _ = read(home)
    assert asked(web) == ["/boat"] and item["source"] == "jsonld"
    assert all(item["text"].count(p) == 1 for p in paragraphs[:12])


def test_amp_is_asked_for_where_the_page_is_poor_and_only_there(home, web, paragraphs):
    amp = "<link rel=amphtml href=/amp/%s>"
    feed(web, ["/boat"])
    web.put(HOST, "/boat", page(paragraphs[:1], head=amp % "boat", tail="<p><a href=/boat#more>Read more</a></p>"))
    web.put(HOST, "/amp/boat", page(paragraphs[:6]))
    item, _ = read(home)
    assert asked(web) == ["/boat", "/amp/boat"]
    assert paragraphs[5] in item["text"] and "reason" not in item


def test_a_good_page_is_not_asked_for_twice(home, web, paragraphs):
    feed(web, ["/boat"])
    web.put(HOST, "/boat", page(paragraphs[:6], head="<link rel=amphtml href=/amp/boat>",
                                tail="<a href=/boat/print>Print version</a>"))
    read(home)
    assert asked(web) == ["/boat"]


def test_a_walled_page_gives_the_feed_s_text_and_says_so(home, web, paragraphs):
    feed(web, ["/boat"], summary="<p>%s</p><p>%s</p>" % (paragraphs[0], paragraphs[1]))
    web.put(HOST, "/boat", page([paragraphs[0][:80] + "…"], tail=(
        "<div class=paywall><p>Subscribe to read the rest of this article. Already a subscriber? Log in.</p></div>")))
    item, _ = read(home)
    assert paragraphs[1] in item["text"] and item["source"] == "feed"
    assert item["reason"]
    shown = home.diurna("show", str(item["id"]))
    assert "Text: %s; from the feed, quality %.2f of 1\n" % (item["reason"], item["quality"]) in shown.stdout
    listed = home.diurna("feeds")
    head, line = listed.stdout.splitlines()[:2]
    assert line[head.index("quality"):].split()[0] == "%.2f" % item["quality"]
    assert "1 of 1 texts cut short" in listed.stdout
    listed = json.loads(home.diurna("feeds", "--format", "json").stdout)
    assert listed["cut_short"] == 1


def test_the_server_s_language_counts_where_the_page_has_none(home, web, paragraphs):
    feed(web, ["/boat"])
    answer = page(paragraphs[:5])
    answer.body = answer.body.replace(" lang=en", "")
    answer.headers = {"Content-Language": "en-IE"}
    web.put(HOST, "/boat", answer)
    item, _ = read(home)
    assert item["language"] == "en-IE"


@pytest.mark.parametrize("body, is_found", [("div.log", True), ("div.nothing", False)])
def test_a_rule_of_the_site_is_used_and_one_that_finds_nothing_is_reported(home, web, paragraphs, body, is_found):
    feed(web, ["/boat"])
    web.put(HOST, "/boat", page(paragraphs[:5], tail="<div class='comments log'><p>Calm.</p><p>Still calm.</p></div>"))
    os.mkdir(home.path("rules.d"))
    with open(home.path("rules.d", HOST), "w", encoding="utf-8") as file:
        file.write("# the log is the story\nbody: %s\n" % body)
    item, log = read(home)
    if is_found:
        assert item["text"] == "Calm.\n\nStill calm." and item["source"] == "rule"
        assert "site's rule" not in log
    else:
        assert paragraphs[4] in item["text"]
        assert item["reason"] == "the site's rule found nothing"
        assert "the site's rule found nothing; read without it" in log


def test_how_pages_ended_is_counted(home, web, paragraphs):
    paths = ["/good", "/gone", "/busy", "/secret", "/paper.pdf", "/blank"]
    feed(web, paths)
    web.put(HOST, "/robots.txt", Page("User-agent: *\nDisallow: /secret\n", "text/plain"))
    web.put(HOST, "/good", page(paragraphs[:5]))
    web.put(HOST, "/gone", Page("", status=410))
    web.put(HOST, "/busy", Page("", status=503))
    web.put(HOST, "/paper.pdf", Page("%PDF-1.4", "application/pdf"))
    web.put(HOST, "/blank", Page(""))
    home.configure({"Sea": ["http://%s/feed" % HOST]})
    daemon = home.start()

    def counted():
        status = json.loads(home.diurna("status", "--format", "json").stdout or "{}")
        return {k: n for k, n in status.get("counters", {}).get("pages", {}).items() if n}
    wait_until(lambda: sum(counted().values()) == len(paths), "all pages")
    assert counted() == {"ok": 1, "gone": 1, "http-error": 1, "refused": 1, "not-a-page": 1, "no-article": 1}
    metrics = home.diurna("status", "--format", "prometheus").stdout
    assert 'diurna_pages_total{outcome="refused"} 1' in metrics
    assert 'diurna_pages_total{outcome="timeout"} 0' in metrics
    assert daemon.stop() == 0
