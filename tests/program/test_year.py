"""A newspaper over a long time: stops, crashes, missed days, summer and winter time.

The time is simulated. make check-year runs a whole year in three zones; here it is some days around
the end of summer time.
"""

import datetime
import json
import os
import random
import time
import zoneinfo

import pytest

from diurna import wait_until
from sites import Page

DAYS = int(os.environ.get("DIURNA_YEAR_DAYS", "9"))
SEED = int(os.environ.get("DIURNA_TEST_SEED", "7"))
ZONES = ["Europe/Paris", "America/St_Johns", "Australia/Lord_Howe"] if DAYS > 100 else ["Europe/Paris"]
START = 1792756800  # 2026-10-23T12:00:00Z; Paris leaves summer time on the 25th
HOUR, DAY = 3600, 86400
SHOWN = 120  # entries that a feed shows: nothing is lost in a week of silence


class Press:
    """Feeds whose entries come out as the simulated time goes on."""

    def __init__(self, web, seed):
        chance = random.Random(seed)
        self.now = START
        self.entries = {}
        for n in range(3):
            host, at = "press%d.example" % n, START - 2 * DAY
            entries = self.entries[host] = []
            while at < START + (DAYS + 8) * DAY:
                at += chance.randrange(HOUR, 14 * HOUR)
                entries.append(at)
            web.set_handler(host, lambda request, host=host: self.feed(host))

    def out(self, host):
        return [k for k, at in enumerate(self.entries[host]) if at <= self.now]

    def feed(self, host):
        items = "".join(
            "<item><title>Report %d of %s</title><link>http://%s/%d</link><guid>%s-%d</guid>"
            "<pubDate>%s</pubDate><description>What happened at hour %d there.</description></item>" % (
                k, host, host, k, host, k,
                time.strftime("%a, %d %b %Y %H:%M:%S +0000", time.gmtime(self.entries[host][k])),
                self.entries[host][k] // HOUR)
            for k in reversed(self.out(host)[-SHOWN:]))
        return Page('<rss version="2.0"><channel><title>%s</title><link>http://%s/</link>%s</channel></rss>' % (
            host, host, items), "application/rss+xml")

    def links(self):
        return {"http://%s/%d" % (host, k) for host in self.entries for k in self.out(host)}


def settled(home, now):
    """Nothing is due and nothing is on its way. The daemon looks at its clock many times a second."""
    status = home.diurna("status", "--format", "json")
    if status.returncode != 0:
        return False
    told = json.loads(status.stdout)
    due, = home.sql("SELECT count(*) FROM feed WHERE next_at <= ?", now)[0]
    unwritten, = home.sql("SELECT count(*) FROM edition WHERE published_at = 0")[0]
    return due == 0 and unwritten == 0 and told.get("next_edition", 0) > now


def clock_of(at, zone):
    return datetime.datetime.fromtimestamp(at, zoneinfo.ZoneInfo(zone)).strftime("%H:%M")


def start(home):
    daemon = home.start("--log-level", "notice")
    daemon.wait_for("diurnad .*feeds?")
    return daemon


@pytest.mark.parametrize("zone", ZONES)
def test_every_item_once_and_no_gaps(home, web, zone):
    chance = random.Random("%s %d" % (zone, SEED))
    press = Press(web, SEED)
    home.configure({"All": ["http://%s/feed" % host for host in press.entries]},
                   digest={"at": "06:30", "timezone": zone, "formats": ["json"], "empty": True, "max-first": 10000,
                           "max-age": "36500d", "grace": "10m"},
                   poll={"jitter": False, "interval-min": "1h", "interval-max": "3h", "interval-blind": "1h"})
    with open(home.config, "a", encoding="utf-8") as file:
        for host in press.entries:
            file.write('feed "http://%s/feed" { fulltext = false }\n' % host)

    def move(seconds):
        press.now += seconds
        home.set_clock(press.now)

    move(0)
    daemon = start(home)
    stops = kills = 0
    while press.now < START + DAYS * DAY:
        what = chance.random()
        if what < 0.12:  # stopped for a while, up to some days
            daemon.stop()
            stops += 1
            move(chance.choice((HOUR, 9 * HOUR, 30 * HOUR, chance.randrange(DAY, 4 * DAY))))
            daemon = start(home)
        elif what < 0.3:  # the power fails, at work or not
            move(chance.randrange(HOUR, 12 * HOUR))
            time.sleep(chance.uniform(0, 0.12))
            daemon.kill()
            kills += 1
            daemon = start(home)
        else:
            move(chance.randrange(4 * HOUR, 14 * HOUR))
        wait_until(lambda: settled(home, press.now), "rest at %d" % press.now)
    move(3 * HOUR + 60)
    wait_until(lambda: settled(home, press.now), "the last polls")
    # The last edition takes what has come since the one before.
    assert home.diurna("digest", "--close").returncode == 0
    wait_until(lambda: settled(home, press.now), "the last edition")
    assert daemon.stop() == 0
    assert stops + kills >= DAYS // 20

    printed = []
    editions = home.sql("SELECT name, from_seq, to_seq, window_from, window_to FROM edition ORDER BY id")
    for n, (name, from_seq, to_seq, window_from, window_to) in enumerate(editions):
        with open(home.path("digests", name, "all.json"), encoding="utf-8") as file:
            paper = json.load(file)
        for item in paper["items"]:
            printed += [item["url"], *(also["url"] for also in item["_diurna"]["also"])]
        if n > 0:
            assert (from_seq, window_from) == (editions[n - 1][2], editions[n - 1][4]), "no gap before " + name
    assert sorted(printed) == sorted(press.links())

    # One edition a local day, at its hour or as soon as the daemon was there again. Two of one date are
    # that of the day before, made up for in the small hours, and its own.
    names = [name for name, *_ in editions[:-1]]
    for before, (name, _, _, _, closed_at) in zip(editions, editions[1:-1]):
        if len(name) > 10:
            assert name.endswith("-2")
            assert clock_of(before[4], zone) < "06:30" <= clock_of(closed_at, zone), name
    days = [datetime.date.fromisoformat(name[:10]).toordinal() for name in names]
    assert max(b - a for a, b in zip(days, days[1:])) <= 5, "none is missing but for the longest stop"
    assert len(names) > DAYS * 0.6
