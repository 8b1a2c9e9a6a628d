"""When editions close, seen from outside: a daemon whose clock is moved step by step."""

import datetime
import json
import os
import signal
import zoneinfo

import pytest

from diurna import wait_until
from sites import Page

HOUR, DAY = 3600, 86400


def moment(text, zone="UTC"):
    """Epoch seconds of "2026-03-29 02:30"; of a time that comes twice, the first."""
    return int(datetime.datetime.fromisoformat(text).replace(tzinfo=zoneinfo.ZoneInfo(zone)).timestamp())


def local(at, zone):
    return datetime.datetime.fromtimestamp(at, zoneinfo.ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")


class Clock:
    """A newspaper with feeds that bring one article an hour, and a daemon that follows its clock."""

    def __init__(self, home, web, hosts=("a.example",)):
        self.home, self.web, self.hosts = home, web, hosts
        self.now = self.begun = 0
        self.daemon = None
        self.sections = {"All": hosts}
        self.formats = ["json"]
        for host in hosts:
            web.set_handler(host, lambda request, host=host: self.feed(request, host))

    def feed(self, request, host):
        out = range(max(0, (self.now - self.begun) // HOUR - 120), (self.now - self.begun) // HOUR + 1)
        return Page('<rss version="2.0"><channel><title>%s</title><link>http://%s/</link>%s</channel></rss>' % (
            host, host, "".join("<item><title>Hour %d</title><link>http://%s/%d</link><guid>%d</guid>"
                                "<description>What happened.</description></item>" % (n, host, n, n)
                                for n in reversed(out))), "application/rss+xml")

    def configure(self, zone, at, blocks="", **digest):
        self.zone = zone
        self.home.configure({}, digest={"at": at, "timezone": zone, "formats": self.formats, "empty": True,
                                        "max-first": 1000, "grace": "30s", **digest},
                            poll={"jitter": False, "interval-min": "1h", "interval-max": "1h", "interval-blind": "1h"})
        with open(self.home.config, "a", encoding="utf-8") as file:
            for title, hosts in self.sections.items():
                file.write('section "%s" {\n\tfeeds = {%s}\n%s}\n' % (
                    title, ", ".join('"http://%s/feed"' % host for host in hosts), blocks if isinstance(blocks, str)
                    else "".join("\t%s\n" % line for line in blocks.get(title, ()))))
            for host in self.hosts:
                file.write('feed "http://%s/feed" { fulltext = false }\n' % host)

    def start(self, at):
        self.now = at
        self.begun = self.begun or at
        self.home.set_clock(at)
        self.daemon = self.home.start("--log-level", "notice")
        self.daemon.wait_for("diurnad .*feeds?")
        self.rest()

    def rest(self):
        def rests():
            status = self.home.diurna("status", "--format", "json")
            if status.returncode != 0:
                return False
            unwritten, = self.home.sql("SELECT count(*) FROM edition WHERE published_at = 0")[0]
            due, = self.home.sql("SELECT count(*) FROM feed WHERE next_at <= ?", self.now)[0]
            return unwritten == 0 and due == 0 and json.loads(status.stdout).get("next_edition", self.now + 1) > self.now
        wait_until(rests, "rest at %s\n%s" % (local(self.now, self.zone), "\n".join(self.daemon.lines[-5:])))

    def move(self, at):
        goes_back, said = at < self.now, self.set_back()
        self.now = at
        self.home.set_clock(at)
        if goes_back:  # and soon on again: it has to be seen first
            wait_until(lambda: self.set_back() > said, "a clock that was set back")
        self.rest()

    def set_back(self):
        return self.daemon.log.count("clock: set back by")

    def stop(self):
        assert self.daemon.stop() == 0

    def editions(self):
        return [(name, local(window_to, self.zone)) for name, window_to in
                self.home.sql("SELECT name, window_to FROM edition ORDER BY id")]

    def items(self):
        """How many items each edition has, by section file."""
        found = []
        for name, in self.home.sql("SELECT name FROM edition ORDER BY id"):
            counts = {}
            for file in sorted(os.listdir(self.home.path("digests", name))):
                if file.endswith(".json"):
                    with open(self.home.path("digests", name, file), encoding="utf-8") as stream:
                        counts[file[:-5]] = json.load(stream)["_diurna"]["items"]
            found.append((name, counts))
        return found

    def once_each(self):
        """No item in two editions, and every one that arrived before the last in one."""
        assert self.home.sql("SELECT item_id FROM edition_item GROUP BY item_id HAVING count(*) > 1") == []
        assert self.home.sql("SELECT item_id FROM arrival WHERE item_id NOT IN (SELECT item_id FROM edition_item) "
                             "AND seq <= (SELECT max(to_seq) FROM edition)") == []


@pytest.fixture
def clock(home, web):
    return Clock(home, web)


NIGHTS = [
    # zone, at, night, when its edition closes: the first moment after a gap, the first of a time that comes twice
    ("Europe/Berlin", "02:30", "2026-03-29", "03:00"),
    ("Europe/Berlin", "02:30", "2026-10-25", "02:30"),
    ("America/New_York", "02:15", "2026-03-08", "03:00"),
    ("America/New_York", "01:30", "2026-11-01", "01:30"),
    ("Australia/Lord_Howe", "02:15", "2026-10-04", "02:30"),
    ("Australia/Lord_Howe", "01:45", "2026-04-05", "01:45"),
    ("Africa/Casablanca", "02:30", "2026-03-22", "03:00"),
    ("Africa/Casablanca", "02:30", "2026-02-15", "02:30"),
    ("Asia/Kathmandu", "02:30", "2026-10-25", "02:30"),
]


LONG = int(os.environ.get("DIURNA_YEAR_DAYS", "9")) > 100  # make check-year


@pytest.mark.parametrize("zone, at, night, closes", NIGHTS if LONG else NIGHTS[::2])
def test_a_night_of_another_length(clock, zone, at, night, closes):
    clock.configure(zone, at)
    midnight = moment(night + " 00:00", zone)
    clock.start(midnight - 12 * HOUR)
    for step in range(22) if LONG else (4, 6, 7, 8, 9, 10, 14):
        clock.move(midnight + step * 15 * 60)
    clock.move(moment(night + " 12:00", zone))
    clock.move(moment(night + " 12:00", zone) + DAY)
    clock.stop()
    after = str(datetime.date.fromisoformat(night) + datetime.timedelta(days=1))
    assert clock.editions() == [(night, "%s %s" % (night, closes)), (after, after + " 12:00")]
    clock.once_each()


def digest(clock, name, file="all.json"):
    with open(clock.home.path("digests", name, file), encoding="utf-8") as stream:
        return json.load(stream) if file.endswith("json") else stream.read()


def test_a_change_of_zone_moves_only_what_is_to_come(clock):
    """The printed edition keeps its words, the next one closes by the new time and says so."""
    clock.formats = ["json", "text"]
    clock.configure("Europe/Berlin", "06:30")
    clock.start(moment("2026-11-10 12:00"))
    clock.move(moment("2026-11-11 06:30", "Europe/Berlin"))
    before = digest(clock, "2026-11-11"), digest(clock, "2026-11-11", "all.txt")
    assert "Europe/Berlin" in before[1]
    clock.configure("America/New_York", "06:30")
    clock.daemon.signal(signal.SIGHUP)
    clock.daemon.wait_for("the next one is due 2026-11-11T11:30:00Z")
    clock.move(moment("2026-11-11 06:29", "America/New_York"))
    assert len(clock.editions()) == 1
    for day in (11, 12):
        clock.move(moment("2026-11-%d 06:30" % day, "America/New_York"))
    assert clock.editions()[1:] == [("2026-11-11-2", "2026-11-11 06:30"), ("2026-11-12", "2026-11-12 06:30")]
    assert digest(clock, "2026-11-12")["_diurna"]["timezone"] == "America/New_York"
    assert "06:30 (America/New_York)" in " ".join(digest(clock, "2026-11-12", "all.txt").split())
    assert digest(clock, "2026-11-12")["_diurna"]["stories"] == 24, "which all say the same two words"
    assert clock.home.diurna("digest", "--rebuild", "--date", "2026-11-11").returncode == 0
    assert (digest(clock, "2026-11-11"), digest(clock, "2026-11-11", "all.txt")) == before
    clock.stop()
    clock.once_each()


@pytest.mark.parametrize("days", [1, -1, 40])
def test_a_clock_that_jumps_and_comes_back(clock, days):
    """Nothing is lost or printed twice; what was closed too early is not closed again on that day."""
    clock.configure("UTC", "06:30")
    clock.start(moment("2026-11-10 12:00"))
    clock.move(moment("2026-11-11 06:30"))
    clock.move(moment("2026-11-11 12:00"))
    clock.move(moment("2026-11-11 12:00") + days * DAY)
    clock.move(moment("2026-11-11 13:00"))
    for day in (12, 13, 14):
        clock.move(moment("2026-11-%d 06:30" % day))
    clock.stop()
    early = {1: [("2026-11-12", "2026-11-12 12:00")], 40: [("2026-12-21", "2026-12-21 12:00")]}.get(days, [])
    assert clock.editions() == [("2026-11-11", "2026-11-11 06:30")] + early + [
        ("2026-11-%d" % day, "2026-11-%d 06:30" % day) for day in (12, 13, 14) if days != 1 or day != 12]
    clock.once_each()


def test_three_missed_editions_are_one(clock):
    clock.configure("Europe/Berlin", ["06:30", "18:00"])
    clock.start(moment("2026-11-10 12:00"))
    clock.move(moment("2026-11-10 18:00", "Europe/Berlin"))
    clock.stop()
    clock.start(moment("2026-11-12 11:00", "Europe/Berlin"))
    clock.move(moment("2026-11-12 18:00", "Europe/Berlin"))
    clock.stop()
    assert clock.editions() == [("2026-11-10", "2026-11-10 18:00"), ("2026-11-12", "2026-11-12 11:00"),
                                ("2026-11-12-2", "2026-11-12 18:00")]
    windows = clock.home.sql("SELECT window_from, window_to FROM edition ORDER BY id")
    assert [begin for begin, _ in windows[1:]] == [end for _, end in windows[:-1]]
    clock.once_each()


def test_sections_have_times_of_their_own(home, web):
    """Daily, on working days, on Sundays, twice a day: from a Thursday to the Monday of the next week."""
    hosts = ["daily.example", "work.example", "week.example", "twice.example"]
    clock = Clock(home, web, hosts)
    clock.sections = {host.split(".")[0].title(): [host] for host in hosts}
    clock.configure("Europe/Berlin", "06:30", {
        "Work": ['at = {"06:30"}', 'on = {"mon-fri"}'], "Week": ['at = {"09:00"}', 'on = {"sun"}'],
        "Twice": ['at = {"06:30", "18:00"}']})
    clock.start(moment("2026-11-05 12:00", "Europe/Berlin"))
    for day in range(5, 10):
        for at in ("06:30", "09:00", "18:00"):
            if day > 5 or at > "12:00":
                clock.move(moment("2026-11-%02d %s" % (day, at), "Europe/Berlin"))
    clock.stop()
    both = {"daily", "twice"}
    assert [(at, set(counts)) for (_, at), (_, counts) in zip(clock.editions(), clock.items())] == [
        ("2026-11-05 18:00", {"twice"}), ("2026-11-06 06:30", both | {"work"}), ("2026-11-06 18:00", {"twice"}),
        ("2026-11-07 06:30", both), ("2026-11-07 18:00", {"twice"}),
        ("2026-11-08 06:30", both), ("2026-11-08 09:00", {"week"}), ("2026-11-08 18:00", {"twice"}),
        ("2026-11-09 06:30", both | {"work"}), ("2026-11-09 18:00", {"twice"})]
    assert clock.items()[8][1]["work"] == 72, "of the weekend, too"
    assert home.sql("SELECT item_id FROM edition_item GROUP BY item_id HAVING count(*) > 1") == []


def test_a_format_that_cannot_be_written_spoils_no_other(clock):
    """A folder stands where the file of one format is to be; it is written once that has gone."""
    clock.formats = ["json", "html", "epub", "markdown"]
    clock.configure("UTC", "06:30")
    clock.start(moment("2026-11-10 12:00"))
    folder = clock.home.path("digests", "2026-11-11")
    os.makedirs(os.path.join(folder, "all.md", "in-the-way"))
    clock.now = moment("2026-11-11 06:30")
    clock.home.set_clock(clock.now)
    clock.daemon.wait_for("not all written, next try")
    others = {"all.html", "all.json", "diurna-2026-11-11.epub", "index.html"}
    assert set(os.listdir(folder)) == others | {"all.md"}
    os.removedirs(os.path.join(folder, "all.md", "in-the-way"))
    clock.move(clock.now + HOUR)
    assert set(os.listdir(folder)) == others | {"all.md"}
    assert "Hour 18" in digest(clock, "2026-11-11", "all.md")
    clock.stop()
    clock.once_each()


def test_a_first_start_prints_what_is_fresh_and_an_empty_day_says_so(clock):
    clock.begun = moment("2026-11-10 12:00") - 400 * HOUR
    clock.formats = ["json", "text"]
    clock.configure("UTC", "06:30", **{"max-first": 10})
    clock.start(moment("2026-11-10 12:00"))
    clock.move(moment("2026-11-11 06:30"))
    assert clock.items() == [("2026-11-11", {"all": 10 + 18})]
    assert digest(clock, "2026-11-11")["_diurna"]["notes"] == [
        "111 older entries of new feeds are stored and not printed"]
    clock.web.set_handler("a.example", lambda request: Page(status=304))
    clock.move(moment("2026-11-12 06:30"))
    assert clock.items()[1:] == [("2026-11-12", {"all": 0})]
    assert "Nothing" in digest(clock, "2026-11-12", "all.txt")
    clock.stop()
