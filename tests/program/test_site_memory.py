"""What recurs on a site's pages: its articles get better by it, and none is lost or emptied."""

import glob
import html
import os

import pytest

from diurna import TESTS
from sites import Page

NOTICE = ("Our readers make this reporting possible, and for less than a coffee a week you can "
          "stand beside them.")
COUNT = 7
RECURS_FROM = 3  # pages that show it before the store counts it as recurring


def tales():
    """Title and first four paragraphs of the bundled articles, here under one roof."""
    found = []
    for path in sorted(glob.glob(os.path.join(TESTS, "sites", "[fhu]*", "0*.txt"))):
        with open(path, encoding="utf-8") as file:
            head, _, text = file.read().partition("\n\n")
        paragraphs = [" ".join(p.split()) for p in text.split("\n\n") if p[:1].isalpha()]
        title = head.partition("title: ")[2].partition("\n")[0]
        if title and len(paragraphs) >= 4:
            found.append((title, paragraphs[:4]))
    assert len(found) >= COUNT
    return found[:COUNT]


def page(title, paragraphs):
    """The notice stands amid the paragraphs and looks like one."""
    text = [*paragraphs[:2], NOTICE, *paragraphs[2:]]
    return Page('<html><head><title>%s</title></head><body><div class="text"><h1>%s</h1>%s</div>'
                "</body></html>" % (title, title, "".join("<p>%s</p>" % html.escape(p) for p in text)))


def feed(titles):
    items = "".join("<item><title>%s</title><link>http://coast.example/%d</link></item>"
                    % (title, number) for number, title in titles)
    return Page("<rss version=\"2.0\"><channel><title>Coast</title>%s</channel></rss>" % items,
                type="application/rss+xml")


@pytest.mark.parametrize("step", [1, -1], ids=["forwards", "backwards"])
def test_whatever_comes_first_all_are_stored_whole_and_the_notice_goes(home, web, step):
    pages = tales()
    order = list(enumerate(title for title, _ in pages))[::step]
    for number, tale in enumerate(pages):
        web.put("coast.example", "/%d" % number, page(*tale))
    home.configure({"Coast": ["http://coast.example/feed"]})
    for count in range(1, COUNT + 1):  # one more in each round
        web.put("coast.example", "/feed", feed(order[:count]))
        home.set_clock("+%d" % (count * 24 * 3600))
        home.once()
    texts = dict(home.sql("SELECT title, text FROM v_item"))
    assert sorted(texts) == sorted(title for title, _ in pages)
    for title, paragraphs in pages:
        text = " ".join(texts[title].split())
        for paragraph in paragraphs:
            assert paragraph in text, title
    assert [NOTICE in texts[title] for _, title in order] == \
        [True] * RECURS_FROM + [False] * (COUNT - RECURS_FROM)


def test_an_article_read_again_after_each_correction_keeps_what_stays(home, web):
    versions = tales()
    stays = versions[0][1][0]
    home.configure({"Coast": ["http://coast.example/feed"]})
    for count, (_, paragraphs) in enumerate(versions):
        web.put("coast.example", "/0", page("The harbour closes", [stays, *paragraphs[1:]]))
        web.put("coast.example", "/feed", Page(
            "<rss version='2.0'><channel><title>Coast</title><item><title>The harbour closes</title>"
            "<guid>1</guid><link>http://coast.example/0</link><description>%s</description>"
            "</item></channel></rss>" % html.escape(paragraphs[1][:200]), type="application/rss+xml"))
        home.set_clock("+%d" % (count * 30 * 3600))
        home.once()
        (text,), = home.sql("SELECT text FROM v_item")
        assert paragraphs[2] in " ".join(text.split()), count
        assert stays in " ".join(text.split()), count
