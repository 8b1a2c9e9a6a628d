"""The bundled sites themselves: without them being right, nothing that stands on them is."""

import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
import xml.etree.ElementTree as ElementTree

import pytest

import newsstand as stand_module


@pytest.fixture
def get(web):
    """A page of the web as a client behind the proxy gets it."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({"http": web.proxy}))

    def fetch(url, **headers):
        with opener.open(urllib.request.Request(url, headers=headers), timeout=20) as answer:
            return answer.read()
    return fetch


def test_there_is_enough_to_print(newsstand):
    formats = {site.ini["feed"]["format"] for site in newsstand.sites}
    assert formats == {"rss20", "rss10", "atom10", "json11"}
    assert len(newsstand.sites) >= 6
    assert len(newsstand.sections()) >= 4
    assert len(newsstand.stories()) >= 42
    assert sum(1 for s in newsstand.sites for a in s.articles if a.copy_of) >= 1
    assert any(len(a.feed_urls) > 1 for a in newsstand.stories())
    for article in newsstand.stories():
        assert len(article.text) > 400 and article.head["author"], article.slug


def test_feeds_are_well_formed_and_list_every_article(newsstand, get):
    for site in newsstand.sites:
        body = get(site.feed_url)
        entries = sum(len(a.feed_urls) for a in site.out_now())
        if site.ini["feed"]["format"] == "json11":
            assert len(json.loads(body)["items"]) == entries
        else:
            tags = [e.tag.rpartition("}")[2] for e in ElementTree.fromstring(body).iter()]
            assert tags.count("item") + tags.count("entry") == entries


def test_pages_hold_their_text_and_their_furniture(newsstand, get):
    for site in newsstand.sites:
        charset = site.ini["site"].get("charset", "utf-8")
        unseen = set(site.ini["site"]["furniture"].split(" | "))
        for article in site.out_now():
            page = stand_module.html.unescape(get(article.feed_urls[-1]).decode(charset))
            assert "{{" not in page
            first = stand_module.plain(article.text)[:60]
            assert first in page, article.slug
            seen = {words for words in unseen if words in page}
            unseen -= seen
        assert not unseen, (site.name, unseen)


def test_a_feed_answers_a_conditional_request(newsstand, get):
    for site in newsstand.sites:
        page = site.feed()
        with pytest.raises(urllib.error.HTTPError, match="304"):
            get(site.feed_url, **{"If-None-Match": page.etag})


def test_an_article_comes_out_when_its_time_comes(web):
    time_s = [1_800_000_000]
    stand = stand_module.Newsstand(web, lambda: time_s[0])
    before = len(stand.stories())
    newest = max(a.published for a in stand.stories())
    assert newest <= time_s[0]
    time_s[0] += 3 * 86400
    assert len(stand.stories()) > before
    time_s[0] -= 30 * 86400
    assert stand.stories() == []


def test_pictures_are_the_same_every_time():
    made = stand_module.picture("harbour")
    stand_module.picture.cache_clear()
    assert stand_module.picture("harbour") == made
    assert made.startswith(b"\x89PNG")


def test_the_demo_needs_no_pytest():
    """bootstrap demo installs none: what serves its sites gets along without."""
    lib = os.path.dirname(os.path.abspath(stand_module.__file__))
    done = subprocess.run([sys.executable, "-B", "-c", "import sys; sys.modules['pytest'] = None; import newsstand"],
                          env={**os.environ, "PYTHONPATH": lib}, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 0, done.stderr
