"""As many made-up sites as a test wants, of the bundled articles' sentences.

The same numbers make the same sites. Every text is of its own except for those that a neighbour
carries too, one in ten.
"""

import html
import random
import re

from newsstand import Newsstand, plain
from sites import Page


class Press:
    def __init__(self, web, sites=50, items=8, seed=1, delay_s=0):
        self.sentences = self._sentences()
        self.random = random.Random(seed)
        self.items = {}  # address -> (title, paragraphs)
        self.texts = set()  # every text once
        self.hosts = ["press%02d.example" % n for n in range(sites)]
        carried = None
        for n, host in enumerate(self.hosts):
            entries = []
            for k in range(items):
                story = carried if carried and k == 0 else self._story()
                carried = story if k == items - 1 and n % 2 == 0 else None
                path = "/%d/%s" % (k, re.sub(r"[^a-z]+", "-", story[0].lower()))
                self.items["http://%s%s" % (host, path)] = story
                self.texts.add(story)
                entries.append((path, story))
                web.put(host, path, Page(self._page(story), delay_s=delay_s))
            feed = self._atom(host, entries) if n % 2 else self._rss(host, entries)
            web.put(host, "/feed", Page(feed, "application/xml", etag='"%s-1"' % host,
                                        last_modified=1_700_000_000 + n, delay_s=delay_s))

    @property
    def feeds(self):
        return ["http://%s/feed" % host for host in self.hosts]

    @staticmethod
    def _sentences():
        found = set()
        for article in Newsstand().stories():
            if article.site.ini["site"]["language"] == "en" and not article.head.get("language"):
                for sentence in re.split(r"(?<=[.!?])\s+", plain(article.text)):
                    if 40 < len(sentence) < 200 and '"' not in sentence:
                        found.add(sentence)
        return sorted(found)

    def _story(self):
        title = " ".join(self.random.choice(self.sentences).split()[:6]).strip(".,;:")
        title += " no. %d" % self.random.randrange(10**6)
        return title, tuple(" ".join(self.random.sample(self.sentences, 4))
                            for _ in range(self.random.randrange(3, 7)))

    @staticmethod
    def _page(story):
        return ("<!doctype html><html lang=en><title>%s</title><nav><a href=/>Home</a> <a href=/a>About</a></nav>"
                "<main><article><h1>%s</h1>%s</article></main><footer>Press</footer></html>") % (
                    html.escape(story[0]), html.escape(story[0]),
                    "".join("<p>%s</p>" % html.escape(p) for p in story[1]))

    @staticmethod
    def _rss(host, entries):
        return ('<?xml version="1.0"?><rss version="2.0"><channel><title>%s</title><link>http://%s/</link>'
                "<description>d</description>%s</channel></rss>") % (host, host, "".join(
                    "<item><title>%s</title><link>http://%s%s</link><guid>%s-%s</guid>"
                    "<description>%s</description></item>" % (
                        html.escape(s[0]), host, path, host, path.split("/")[1], html.escape(s[1][0][:90]))
                    for path, s in entries))

    @staticmethod
    def _atom(host, entries):
        return ('<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><id>http://%s/</id>'
                "<title>%s</title><updated>2026-01-01T00:00:00Z</updated>%s</feed>") % (host, host, "".join(
                    '<entry><id>tag:%s,2020:%s</id><title>%s</title><link href="http://%s%s"/>'
                    "<updated>2026-01-01T00:00:00Z</updated><summary>%s</summary></entry>" % (
                        host, path.split("/")[1], html.escape(s[0]), host, path, html.escape(s[1][0][:90]))
                    for path, s in entries))


def contents(home):
    """What a store holds, without what depends on the order of arrival."""
    items = home.sql("SELECT title, text FROM v_item")
    sightings = home.sql("SELECT feed_url, guid, url FROM v_sighting")
    return {
        # Of two sites that carry one text either may have come first.
        "texts": sorted(items),
        "sightings": sorted(sightings),
        "validators": sorted(home.sql("SELECT url, etag, last_modified FROM feed")),
        "arrived": home.sql("SELECT count(*), count(DISTINCT item_id) FROM arrival"),
    }
