"""diurna parse on the feeds of the bundled sites."""

import datetime
import json
import pathlib

import pytest

from newsstand import plain
from sites import Page


@pytest.fixture
def parse(home):
    """A feed's body as the command's object."""
    def run(body, url):
        with open(home.path("feed"), "wb") as file:
            file.write(body if isinstance(body, bytes) else body.encode())
        done = home.run("diurna", "parse", "--url", url, home.path("feed"))
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)
    return run


def utc(article):
    moment = datetime.datetime.fromtimestamp(article.published, datetime.timezone.utc)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def test_every_format_says_the_same_of_its_entries(newsstand, parse):
    for site in newsstand.sites:
        feed = parse(site.feed().body, site.feed_url)
        assert feed["format"] == site.ini["feed"]["format"]
        assert feed["title"] == site.title
        assert feed["url"] == "http://%s/" % site.host
        assert feed.get("warnings", []) == []
        expected = [(url, a) for a in site.out_now() for url in a.feed_urls]
        assert len(feed["items"]) == len(expected)
        for entry, (url, article) in zip(feed["items"], expected):
            assert entry["url"] == url
            assert entry["title"] == article.title
            assert entry["published"] == utc(article)
            assert entry["authors"][0]["name"] == article.head["author"]
            assert entry["categories"] == article.tags
            if site.ini["feed"].get("content") == "full":
                assert plain(article.text)[:40] in entry["content"]
            else:
                assert plain(article.head["standfirst"])[:40] in plain(entry.get("summary") or entry["content"])


def test_what_is_no_feed_ends_with_65(home):
    with open(home.path("page"), "w", encoding="ascii") as file:
        file.write("<!doctype html><title>No</title><p>This is a page.")
    done = home.run("diurna", "parse", home.path("page"))
    assert done.returncode == 65
    assert len(done.stderr.splitlines()) == 1


def test_what_a_feed_says_is_in_the_store(home, web):
    feed = pathlib.Path(__file__).parents[1] / "parse" / "feeds" / "rss20-podcast.xml"
    web.put("ferry.example", "/feed", Page(feed.read_bytes(), type="application/rss+xml"))
    home.configure({"Sea": ["http://ferry.example/feed"]})
    home.once()
    item = json.loads(home.diurna("show", "1", "--format", "json").stdout)
    parsed = json.loads(home.diurna("parse", "--url", "http://ferry.example/feed", str(feed)).stdout)["items"][0]
    for name in ("enclosures", "credits", "license", "rights", "duration", "season", "episode", "transcripts",
                 "chapters", "comments_feed", "comment_count", "reply_to", "reply_to_url", "images"):
        assert item[name] == parsed[name], name
    text = home.diurna("show", "1").stdout
    assert "Di (photographer)" in text and "https://cc.example/by" in text
