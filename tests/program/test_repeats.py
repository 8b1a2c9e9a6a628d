"""What was printed is not printed again: copies that come late, that rules drop, that feeds take away.

And the other way round: whose feed is read first decides nothing of the paper.
"""

import itertools
import json
import os
import random
import re

import pytest

from diurna import Home
from sites import Page

DAY, HOUR = 86400, 3600
START = 1790000000  # 2026-09-21T14:13:20Z
VOCABULARY = ("harbour crane quay lantern mayor dredger council vote debate silver autumn railway bridge engineer "
              "winter garden teacher window market river tunnel forest captain letter station summer evening paper "
              "glass copper mountain village doctor journey border").split()


def words(seed, count=260):
    chance = random.Random(seed)
    return " ".join("%s%d" % (chance.choice(VOCABULARY), chance.randrange(400)) for _ in range(count))


def edited(text, seed=1, share=0.06):
    """A copy with some other words, as an editor makes it."""
    chance = random.Random(seed)
    return " ".join("edited%d" % chance.randrange(900) if chance.random() < share else word for word in text.split())


def item(host, name, title, text, hours=0):
    date = "2026-09-21T%02d:00:00Z" % (8 + hours)
    return ('<entry><title>%s</title><id>tag:%s,%s</id><link href="http://%s/%s"/><updated>%s</updated>'
            '<published>%s</published><content type="html">&lt;p&gt;%s&lt;/p&gt;</content></entry>' % (
                title, host, name, host, name, date, date, text))


class Press:
    """Feeds by host, in one section each or in one; every round is an edition."""

    def __init__(self, home, web):
        self.home, self.web, self.now = home, web, START
        self.entries = {}

    def configure(self, *sections, rules="", pages=(), **digest):
        sections = {title: ["http://%s/feed" % host for host in hosts] for title, hosts in sections}
        self.home.configure(sections, digest={"formats": ["json", "html"], "max-age": "forever", "empty": True, **digest})
        with open(self.home.config, "a", encoding="utf-8") as file:
            for feeds in sections.values():
                for feed in feeds:
                    file.write('feed "%s" { fulltext = %s }\n' % (
                        feed, "true" if feed.split("/")[2] in pages else "false"))
            file.write(rules)

    def show(self, host, *entries):
        self.entries.setdefault(host, [])[:0] = entries
        self.web.put(host, "/feed", Page((
            '<feed xmlns="http://www.w3.org/2005/Atom"><title>Paper of %s</title><id>tag:%s,0</id>'
            '<updated>2026-09-21T08:00:00Z</updated>%s</feed>' % (host, host, "".join(self.entries[host]))).encode(),
            "application/atom+xml"))

    def article(self, host, name, title, text, delay_s=0):
        self.web.put(host, "/" + name, Page(
            "<html><head><title>%s</title></head><body><article><h1>%s</h1>%s</article></body></html>" % (
                title, title, "".join("<p>%s.</p>" % part for part in re.findall(r"(?:\S+ ?){1,40}", text))),
            delay_s=delay_s))

    def round(self, *more):
        self.now += HOUR
        self.home.set_clock(self.now)
        return self.home.once("--force", *more)

    def edition(self):
        self.now += DAY
        self.round("--edition")
        return self.printed()

    def printed(self):
        """Title and feed of what the last edition has printed as new, and what it names beside that."""
        name, = self.home.sql("SELECT name FROM edition ORDER BY id DESC LIMIT 1")[0]
        found = []
        folder = self.home.path("digests", name)
        for file in sorted(os.listdir(folder)):
            if file.endswith(".json") and file != "index.json":
                with open(os.path.join(folder, file), encoding="utf-8") as stream:
                    paper = json.load(stream)
                for told in paper["items"]:
                    found.append(told["url"])
                    found += [also["url"] for also in told["_diurna"].get("also", [])]
        return sorted(found)


@pytest.fixture
def press(home, web):
    return Press(home, web)


def test_a_copy_of_what_was_printed_is_no_news(press):
    text = words(1)
    press.configure(("News", ["a.example", "b.example", "c.example"]))
    press.show("a.example", item("a.example", "quay", "The quay is to be deepened", text))
    press.show("b.example")
    press.show("c.example")
    assert press.edition() == ["http://a.example/quay"]
    press.show("b.example", item("b.example", "dredgers", "Dredgers come to town", edited(text), 1))
    assert press.edition() == []
    press.show("c.example", item("c.example", "third", "What dredgers do", edited(text, 2), 2),
               item("c.example", "news", "Something else", words(2), 2))
    assert press.edition() == ["http://c.example/news"]
    # nor is it when the first paper has gone from the subscriptions
    press.configure(("News", ["b.example", "c.example"]))
    press.show("b.example", item("b.example", "again", "Dredgers, once more", edited(text, 3), 3))
    assert press.edition() == []
    assert press.home.sql("SELECT count(*) FROM item")[0][0] == 2


def test_a_copy_meets_what_waits_for_its_page(press):
    text = words(3)
    press.configure(("News", ["a.example", "b.example"]), pages=["a.example"])
    press.show("a.example", item("a.example", "quay", "The quay is to be deepened", "In short: it is."))
    press.article("a.example", "quay", "The quay is to be deepened", text, delay_s=1.5)
    press.show("b.example", item("b.example", "dredgers", "Dredgers come to town", edited(text), 1))
    assert len(press.edition()) == 1
    assert press.edition() == []


@pytest.mark.parametrize("is_edited", [False, True])
def test_what_a_rule_drops_of_one_paper_another_may_print(press, is_edited):
    """In whichever order they come, and also while the first one waits for its page."""
    text = words(4)
    copy = edited(text) if is_edited else text
    rule = 'rule "no-b" {\n\tfeed = "http://b.example/feed"\n\taction = drop\n}\n'
    press.configure(("News", ["a.example", "b.example"]), rules=rule, pages=["a.example"])
    press.show("a.example", item("a.example", "quay", "The quay is to be deepened", "In short: it is."))
    press.article("a.example", "quay", "The quay is to be deepened", text, delay_s=1.5)
    press.show("b.example", item("b.example", "dredgers", "Dredgers come to town", copy, 1))
    assert press.edition() == ["http://a.example/quay"]
    assert press.edition() == []


@pytest.mark.parametrize("is_edited", [False, True])
def test_the_copy_of_what_was_dropped_is_printed(press, is_edited):
    text = words(5)
    rule = 'rule "no-a" {\n\tfeed = "http://a.example/feed"\n\taction = drop\n}\n'
    press.configure(("News", ["a.example", "b.example"]), rules=rule)
    press.show("a.example", item("a.example", "quay", "The quay is to be deepened", text))
    press.show("b.example")
    assert press.edition() == []
    press.show("b.example", item("b.example", "dredgers", "Dredgers come to town",
                                 edited(text) if is_edited else text, 1))
    assert press.edition() == ["http://b.example/dredgers"]
    press.configure(("News", ["a.example", "b.example"]))
    assert press.edition() == []


def test_a_copy_of_a_paper_that_was_left_is_printed_of_the_other(press):
    text = words(6)
    press.configure(("News", ["a.example", "b.example"]))
    press.show("a.example", item("a.example", "quay", "The quay is to be deepened", text))
    press.show("b.example")
    press.round()
    press.show("b.example", item("b.example", "dredgers", "Dredgers come to town", edited(text), 1))
    press.round()
    press.configure(("News", ["b.example"]))
    assert len(press.edition()) == 1
    assert press.edition() == []


def papers(press, order, edition_name="2026-09-22"):
    """The digests after feeds were read in that order, an hour apart, as bytes by file."""
    for host in order:
        for other in press.entries:
            press.web.put(other, "/feed", Page(status=503))
        for other in order[:order.index(host) + 1]:
            press.show(other)
        press.round()
    press.now = START + 2 * DAY
    press.round("--edition")
    found = {}
    for file in press.home.digest_files(".json") + press.home.digest_files(".html"):
        if file == "index.html":
            continue  # how the feeds are doing, and who has shown most first
        with open(press.home.path("digests", file), encoding="utf-8") as stream:
            text = stream.read()
        # numbers and moments are the store's, in the order of arrival
        text = re.sub(r'"(id|arrived|story)": ("[^"]*"|\d+)', r'"\1": 0', text)
        found[file] = re.sub(r"\ba-\d+\b", "a-0", text).replace(press.home.directory, "")
    return found


SAME_URL = words(20)
WIRE = words(21)


def shown_alike(hosts):
    """Entries that are one article in several feeds, or edited copies of one, and a few others."""
    return {host: [
        # the same page in all feeds, each with words of its own about it
        item("all.example", "page", "One page, told by %s" % host, SAME_URL + " " + host, 3),
        # one report of an agency, as each has edited it
        item(host, "wire", "Agency report in %s" % host, edited(WIRE, n), n),
        # nothing but the moment orders these
        item(host, "alone", "An article of its own", words(30 + n), 5)] for n, host in enumerate(hosts)}


LONG = int(os.environ.get("DIURNA_YEAR_DAYS", "9")) > 100  # make check-year: all orders


@pytest.mark.parametrize("sections, has_pages", [(1, False), (2, False), (1, True)])
def test_the_feed_that_is_read_first_decides_nothing(tmp_path, web, sections, has_pages):
    """Three papers in several orders: byte for byte the same digests."""
    hosts = ["a.example", "b.example", "c.example"]
    orders = list(itertools.permutations(hosts))
    first = None
    for n, order in enumerate(orders if LONG else orders[::2]):
        folder = tmp_path / str(n)
        folder.mkdir()
        press = Press(Home(folder, web), web)
        press.configure(*([("News", hosts)] if sections == 1 else [("News", ["b.example"]), ("More", hosts[::2])]),
                        pages=hosts if has_pages else ())
        press.entries = shown_alike(hosts)
        if has_pages:  # feeds have the first words, pages the text
            press.entries = {host: [re.sub(r"(p&gt;\S+ \S+ \S+).*?(&lt;/p)", r"\1.\2", entry) for entry in entries]
                             for host, entries in press.entries.items()}
            press.article("all.example", "page", "One page", SAME_URL)
            for k, host in enumerate(hosts):
                press.article(host, "wire", "Agency report in %s" % host, edited(WIRE, k))
                press.article(host, "alone", "An article of its own", words(30 + k))
        found = papers(press, order)
        assert press.home.sql("SELECT count(*) FROM item")[0][0] == 5
        first = first or found
        assert found.keys() == first.keys()
        for file in first:
            assert found[file] == first[file], (order, file)
        press.home.close()
