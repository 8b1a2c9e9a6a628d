"""query: random filters together, against what Python finds in the views of the store.

DIURNA_QUERY_RUNS: how many questions, DIURNA_TEST_SEED: where they begin.
"""

import json
import os
import random
import re
import sqlite3
import time
import unicodedata
import xml.sax.saxutils

import pytest

from sites import Page

RUNS = int(os.environ.get("DIURNA_QUERY_RUNS", "100"))
ENTRIES = 40 if RUNS < 1000 else 300  # of a feed: every way through the store is gone with many
SEED = int(os.environ.get("DIURNA_TEST_SEED", "1"))
WORDS = ["harbour", "Harbor", "Élection", "election", "über", "Straße", "port", "ports", "strike", "naïve", "x1",
         "2026", "港口", "台湾", "Москва", "ØRSTED", "C++", "it's", "strasse", "Orsted"]
AUTHORS = ["Ann Élan", "Bo Port", ""]
FEEDS = {"Europe": ["http://a.example/feed", "http://b.example/feed"], "Sea & Land": ["http://c.example/feed"],
         "Übersicht": ["http://d.example/feed"]}
TITLES = {"a": "Harbour Times", "b": "Harbour", "c": "The Land 100%", "d": "Blätter_1"}
NOW = int(time.time())


def entry(site, n, rng, edition):
    title = " ".join(rng.choices(WORDS, k=rng.randint(1, 4)) + ["%s%dv%d" % (site, n, edition)])
    # a beginning of its own: else two would be copies of one
    text = "%s%d stands alone. " % (site, n) + " ".join(rng.choices(WORDS, k=rng.randint(2, 12))) + "."
    date = ""
    if rng.random() < 0.8:
        at = NOW - rng.choice((0, 3600, 86400, 5 * 86400, 40 * 86400, 400 * 86400)) - rng.randint(0, 9) * 600
        date = "<pubDate>%s</pubDate>" % time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(at))
    author = rng.choice(AUTHORS)
    return "<item><title>%s</title><link>http://%s.example/%d</link><guid>%s-%d</guid>%s%s<description>%s" \
        "</description></item>" % (xml.sax.saxutils.escape(title), site, n, site, n, date,
                                   author and "<dc:creator>%s</dc:creator>" % author,
                                   xml.sax.saxutils.escape(text))


def document(site, entries):
    return Page(('<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>%s</title>'
                 "<link>http://%s.example/</link>%s</channel></rss>" % (TITLES[site], site, "".join(entries))).encode(),
                type="application/rss+xml; charset=utf-8")


@pytest.fixture
def shelf(home, web):
    """Items of every kind: dropped, starred, changed, printed, old ones, stories, a clock that went back."""
    rng = random.Random(SEED)
    home.configure(FEEDS, poll={"interval-max": "1h"})
    with open(home.config, "a", encoding="utf-8") as file:
        for feeds in FEEDS.values():
            for feed in feeds:
                file.write('feed "%s" { fulltext = false }\n' % feed)
        file.write('rule "sea" { action = star\n title = "port" }\nrule "ads" { action = drop\n title = "strike" }\n'
                   'rule "there" { action = section\n section = "Sea & Land"\n title = "2026" }\n')
    listed = {site: [entry(site, n, rng, 0) for n in range(ENTRIES)] for site in TITLES}
    for edition in range(1, 4):
        for site, entries in listed.items():
            web.put("%s.example" % site, "/feed", document(site, entries))
        home.set_clock("+%d" % (edition * 90000))
        home.once(*["--edition"] * (edition < 3))
        for site, entries in listed.items():
            for n in rng.sample(range(ENTRIES), 6):
                entries[n] = entry(site, n, rng, edition)
            entries += [entry(site, len(entries), rng, edition) for _ in range(5)]
    return home



def give_history(home, rng):
    """Arrivals of 60 days, some of them out of order; stories of what happens to stand side by side."""
    with sqlite3.connect(home.store) as db:
        last, = db.execute("SELECT max(seq) FROM arrival").fetchone()
        for seq, in db.execute("SELECT seq FROM arrival").fetchall():
            at = NOW - (last - seq) * 60 * 86400 // last - rng.choice((0, 0, 0, 0, 7200, 3 * 86400))
            db.execute("UPDATE arrival SET at = ? WHERE seq = ?", (at, seq))
            db.execute("UPDATE item SET published_at = min(published_at, ? + 86400) WHERE seq = ?", (at, seq))
        db.execute("UPDATE item SET first_seen_at = coalesce((SELECT at FROM arrival WHERE seq = item.seq), "
                   "? - id * 7000)", (NOW,))
        ids = [row[0] for row in db.execute("SELECT id FROM item WHERE state = 'ready' ORDER BY random()")]
        for n in range(0, 30, 3):
            db.execute("UPDATE item SET story_id = ? WHERE id IN (?, ?, ?)",
                       (min(ids[n:n + 3]), *ids[n:n + 3]))


def is_unspaced(letter):
    return "\u3040" <= letter <= "\u9fff"


def words(text):
    """As the index has them: without case, accents and ø or ß, what has no spaces letter by letter."""
    text = text.lower().replace("ß", "ss").replace("ø", "o")
    plain = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    return [w for run in re.findall(r"\w+", plain)
            for w in re.findall("[\u3040-\u9fff]|[^\u3040-\u9fff]+", run)]


def has_phrase(text, phrase, is_beginning):
    """A run of words, of whose last only the beginning may be meant."""
    have = words(text or "")
    for i in range(len(have) - len(phrase) + 1):
        if have[i:i + len(phrase) - 1] == phrase[:-1] and (
                have[i + len(phrase) - 1].startswith(phrase[-1]) if is_beginning
                else have[i + len(phrase) - 1] == phrase[-1]):
            return True
    return False


class Match:
    """A random full-text query: as it is typed, and what it holds for."""

    def __init__(self, rng, depth=2):
        kind = rng.choice(("word", "word", "begin", "phrase", "column") + ("and", "or", "not", "both", "minus") *
                          (depth > 0))
        if kind in ("and", "or", "not", "both"):
            a, b = Match(rng, depth - 1), Match(rng, 0 if kind == "both" else depth - 1)
            if kind == "both":  # words side by side, a bracket before them
                self.typed = "(%s) %s" % (a.typed.replace(" -", " NOT "), b.typed)
                self.holds = lambda item: a.holds(item) and b.holds(item)
                return
            between, self.holds = {
                "and": ("AND", lambda item: a.holds(item) and b.holds(item)),
                "or": ("OR", lambda item: a.holds(item) or b.holds(item)),
                "not": (rng.choice(("NOT", "AND NOT")), lambda item: a.holds(item) and not b.holds(item))}[kind]
            self.typed = "(%s) %s (%s)" % (a.typed.replace(" -", " NOT "), between, b.typed.replace(" -", " NOT "))
            return
        if kind == "minus":
            a, b = Match(rng, 0), Match(rng, 0)
            self.typed = "%s -%s" % (a.typed, b.typed)
            self.holds = lambda item: a.holds(item) and not b.holds(item)
            return
        word = rng.choice(WORDS)
        column = rng.choice(("title", "author", "text")) if kind == "column" else None
        phrase, is_beginning = words(word), kind == "begin"
        if is_beginning:
            word = word[:rng.randint(2, len(word))].rstrip("+'")
            phrase = words(word)
        elif kind == "phrase":
            word = "%s %s" % (word, rng.choice(WORDS))
            phrase = words(word)
        self.typed = ("%s:" % column if column else "") + ('"%s"' if kind == "phrase" else "%s*" if is_beginning
                                                           else "%s") % word
        self.holds = lambda item: any(has_phrase(item[c], phrase, is_beginning)
                                      for c in ([column] if column else ("title", "text", "author")))


def load(home):
    """Every item with what may be asked of it."""
    names = ("id", "title", "text", "author", "section", "feed_url", "story", "edition", "published", "arrived", "seq",
             "labels", "state", "starred", "is_backlog", "first_seen")
    items = [dict(zip(names, row)) for row in home.sql(
        "SELECT id, title, text, author, section, feed_url, story, edition, published_at, arrived_at, "
        "(SELECT seq FROM item WHERE item.id = v_item.id), labels, state, starred, is_backlog, "
        "(SELECT first_seen_at FROM item WHERE item.id = v_item.id) FROM v_item")]
    feeds, editions, arrivals = {}, {}, {}
    for item, feed in home.sql("SELECT item_id, feed_url FROM v_sighting"):
        feeds.setdefault(item, set()).add(feed)
    for item, name in home.sql("SELECT item_id, name FROM edition_update JOIN edition ON edition.id = edition_id"):
        editions.setdefault(item, set()).add(name)
    for item, seq, at in home.sql("SELECT item_id, seq, at FROM arrival ORDER BY seq"):
        arrivals[item] = (seq, at)
    for item in items:
        item["feeds"] = feeds[item["id"]]
        item["editions"] = editions.get(item["id"], set()) | {item["edition"]}
        item["last"] = arrivals.get(item["id"], (0, 0))
    return items


class Question:
    """Random filters: as options, and which items they leave in which order."""

    def __init__(self, rng, shelf):
        self.options, self.tests = ["--format", "json", "--fields", "id,seq"], []
        self.rng, self.shelf, self.asks_words, self.most = rng, shelf, False, None
        dropped, self.changes = rng.random() < 0.1, rng.random() < 0.2
        self.state, self.order = "dropped" if dropped else "ready", "newest"
        for name in ("section", "feed", "edition", "story", "since", "until", "match", "starred", "label",
                     "no_backlog", "sort", "limit"):
            if rng.random() < (0.5 if name == "match" else 0.22):
                getattr(self, name)()
        if dropped:
            self.options.append("--dropped")
        if self.changes:
            self.options.append("--changes")

    def add(self, name, value, test):
        self.options += ["--" + name] + ([] if value is None else [value])
        if test:
            self.tests.append(test)

    def place(self, item):
        """Number and time of the arrival it stands at."""
        if self.state == "dropped":
            return item["seq"], item["first_seen"]
        return item["last"] if self.changes else (item["seq"], item["arrived"])

    def section(self):
        name, typed = self.rng.choice((("Europe", "europe"), ("Sea & Land", "sea-land"), ("Sea & Land", "SEA & LAND"),
                                       ("Übersicht", "übersicht"), ("Übersicht", "Übersicht")))
        self.add("section", typed, lambda item: item["section"] == name)

    def feed(self):
        sites, typed = self.rng.choice((("a", "harbour times"), ("b", "Harbour"), ("ab", "HARB"), ("c", "100%"),
                                        ("d", "_1"), ("c", "http://c.example/feed"), ("abcd", ".example/"), ("b", "2")))
        urls = {"http://%s.example/feed" % site for site in sites}
        self.add("feed", typed, lambda item: item["feeds"] & urls)

    def edition(self):
        name = self.rng.choice(self.shelf.editions)
        self.add("edition", name, lambda item: name in item["editions"])

    def story(self):
        one = self.rng.choice([i for i in self.shelf.items if i["story"] or self.rng.random() < 0.05])
        self.add("story", str(one["id"]), lambda item: item["story"] == one["story"] if one["story"]
                 else item["id"] == one["id"])

    def since(self):
        at = NOW - self.rng.randint(0, 61 * 86400)
        self.since_at = at
        self.add("since", "@%d" % at, lambda item: self.place(item)[1] >= at)

    def until(self):
        at = max(NOW - self.rng.randint(0, 61 * 86400), getattr(self, "since_at", 0) + 1)
        self.add("until", "@%d" % at, lambda item: self.place(item)[1] < at)

    def match(self):
        match, self.asks_words = Match(self.rng), True
        self.add("match", match.typed, match.holds)

    def starred(self):
        self.add("starred", None, lambda item: item["starred"])

    def label(self):
        name = self.rng.choice(("Später", "to read"))
        self.add("label", name, lambda item: name in json.loads(item["labels"] or "[]"))

    def no_backlog(self):
        self.add("no-backlog", None, lambda item: not item["is_backlog"])

    def sort(self):
        self.order = self.rng.choice(("newest", "arrival", "published", "relevance"))
        self.add("sort", self.order, None)

    def limit(self):
        self.most = self.rng.choice((1, 2, 5, 30))
        self.add("limit", str(self.most), None)

    def answer(self):
        found = [i for i in self.shelf.items if i["state"] == self.state and all(t(i) for t in self.tests)]
        if self.order == "published":
            found.sort(key=lambda i: (-(i["first_seen"] if i["published"] is None else i["published"]), -i["id"]))
        else:
            found.sort(key=lambda i: self.place(i)[0], reverse=self.order != "arrival")
        return [i["id"] for i in found]


def test_random_questions(shelf):
    rng = random.Random(SEED)
    give_history(shelf, rng)
    ids = [str(row[0]) for row in shelf.sql("SELECT id FROM v_item WHERE state = 'ready'")]
    for label, share in (("Später", 4), ("to read", 15)):
        assert shelf.diurna("mark", "--label", label, *rng.sample(ids, len(ids) // share)).returncode == 0
    shelf.items = load(shelf)
    shelf.editions = [row[0] for row in shelf.sql("SELECT name FROM v_edition")]
    kinds = [(i["state"], i["starred"], i["is_backlog"]) for i in shelf.items]
    assert len(set(kinds)) > 5 and len({i["edition"] for i in shelf.items}) > 2, "a poor shelf"
    assert any(i["last"][0] > i["seq"] for i in shelf.items if i["last"][0]), "nothing changed"
    hits = 0
    for n in range(RUNS):
        question = Question(random.Random("%d %d" % (SEED, n)), shelf)
        want = question.answer()
        done = shelf.diurna("query", *question.options)
        what = "question %d of seed %d: %s" % (n, SEED, " ".join(question.options))
        assert done.returncode == (0 if want else 1), (what, done.stderr, want)
        have = [json.loads(line)["id"] for line in done.stdout.splitlines()]
        hits += bool(have)
        if question.asks_words and (question.order == "relevance" or (
                question.order == "published" and len(want) > 700)):  # of the latest 750 matches
            assert len(have) >= min(len(want), question.most or len(want), 700) and set(have) <= set(want), what
            assert len(set(have)) == len(have), what
        else:
            assert have == want[:question.most], what
    assert hits > RUNS / 5, "the questions ask for nothing"
