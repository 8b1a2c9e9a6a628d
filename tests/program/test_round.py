"""The whole way over the bundled sites: feeds in, newspaper out, once."""

import os
import time

import pytest

from newsstand import plain

HOURS_3 = "+10800"


@pytest.fixture
def printed(home, newsstand):
    """A home after one round and one edition."""
    home.configure(newsstand.sections())
    home.once("--edition")
    return home


def words(text):
    return " ".join(text.split())


def test_every_article_is_stored_once_with_its_text(printed, newsstand):
    texts = printed.texts()
    assert len(texts) == len(newsstand.stories())
    for article in newsstand.stories():
        found = [t for t in texts if words(plain(article.text))[:50] in words(t)]
        assert len(found) == 1, article.slug
        assert words(plain(article.text))[-50:] in words(found[0]), article.slug


def test_page_furniture_stays_out_of_the_articles(printed, newsstand):
    """Nearly: a word or two of a share line may get through."""
    texts = [words(t) for t in printed.texts()]
    found, possible = [], 0
    for article in newsstand.stories():
        text = next(t for t in texts if words(plain(article.text))[:50] in t)
        for furniture in article.site.ini["site"]["furniture"].split(" | "):
            possible += 1
            if furniture in text and furniture not in article.text:
                found.append((article.site.name, article.slug, furniture))
    assert len(found) <= possible // 60, (possible, found)


def test_a_copy_and_a_tracked_address_are_sightings(printed, newsstand):
    copied = next(a for s in newsstand.sites for a in s.articles if a.copy_of)
    rows = printed.sql(
        "SELECT count(DISTINCT i.id), count(DISTINCT s.feed_url) FROM v_sighting s "
        "JOIN v_item i ON i.id = s.item_id WHERE i.title = ?", copied.title)
    assert rows == [(1, 2)]
    twice = next(a for a in newsstand.stories() if len(a.feed_urls) > 1)
    rows = printed.sql("SELECT count(*) FROM v_item WHERE title = ?", twice.title)
    assert rows == [(1,)]


def test_digests_hold_each_item_once(printed, newsstand):
    assert os.path.islink(printed.path("digests", "latest"))
    names = [n for n in os.listdir(printed.path("digests", "latest")) if n.endswith(".md")]
    headings = []
    for name in names:
        with open(printed.path("digests", "latest", name), encoding="utf-8") as file:
            headings += [line for line in file if line.startswith("#")]
    for article in newsstand.stories():
        assert sum(1 for h in headings if article.title in h) == 1, article.title
    per_edition = printed.sql("SELECT count(*), count(DISTINCT item_id) FROM edition_item")
    assert per_edition == [(len(newsstand.stories()),) * 2]
    assert printed.temporary_files() == []


def test_each_section_has_a_page_that_names_only_its_own(printed, newsstand):
    copied = next(a for s in newsstand.sites for a in s.articles if a.copy_of)
    for title, feeds in newsstand.sections().items():
        slug = title.lower()
        with open(printed.path("digests", "latest", slug + ".html"), encoding="utf-8") as file:
            page = file.read()
        for article in newsstand.stories():
            if article.title != copied.title:
                is_ours = article.site.feed_url in feeds
                assert (article.url in page) == is_ours, (title, article.title)


def test_a_second_round_only_asks_whether_there_is_news(printed, newsstand):
    before = printed.sql("SELECT count(*), max(id) FROM v_item")
    arrivals = printed.sql("SELECT max(seq) FROM arrival")
    printed.set_clock(HOURS_3)
    mark = printed.web.mark()
    printed.once("--force")
    requests = printed.web.requests(since=mark)
    assert len(requests) == len(newsstand.sites)
    for request in requests:
        assert request.is_conditional and request.status == 304, request
    assert printed.sql("SELECT count(*), max(id) FROM v_item") == before
    assert printed.sql("SELECT max(seq) FROM arrival") == arrivals


def test_a_second_edition_prints_nothing_twice(printed):
    name = os.readlink(printed.path("digests", "latest"))
    before = {f: os.stat(printed.path("digests", f)).st_mtime_ns for f in printed.digest_files(".md")}
    printed.once("--edition")
    assert os.readlink(printed.path("digests", "latest")) == name
    after = {f: os.stat(printed.path("digests", f)).st_mtime_ns for f in printed.digest_files(".md")}
    assert after == before
    assert printed.sql("SELECT count(*) FROM v_edition") == [(1,)]


def test_what_comes_out_later_is_in_the_next_edition(printed, newsstand):
    printed.set_clock("+108000")
    start = time.time()
    newsstand.now = lambda: start + 108000
    late = [a for a in newsstand.stories() if a.published > start]
    assert late
    printed.once("--edition")
    titles = printed.sql("SELECT title FROM v_item WHERE edition = "
                         "(SELECT name FROM v_edition ORDER BY id DESC)")
    assert sorted(t for t, in titles) == sorted(a.title for a in late)


def test_the_command_finds_what_the_daemon_stored(printed, newsstand):
    done = printed.diurna("query", "--format", "urls", "--limit", "1000")
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == len(newsstand.stories())
    done = printed.diurna("query", "--section", "Science", "--format", "json", "--limit", "1000")
    science = [a for a in newsstand.stories() if a.site.section == "Science"]
    assert len(done.stdout.splitlines()) == len(science)
    assert printed.diurna("query", "--match", "xyzzyplugh").returncode == 1
