"""Editions that are kept, and editions that go: what they printed stays as long as their digests."""

import os
import re
import shutil
import zipfile

import pytest

from sites import Page
from test_images import QUAY, name

DAY = 86400
START = 1790000000  # 2026-09-21
WORDS = "The harbour was quiet on that morning, and nobody knew why the boats had gone out so early. " * 30


class Paper:
    """One feed, an article of its own a day with a picture of its own; each day an edition."""

    def __init__(self, home, web):
        self.home, self.web, self.day = home, web, 0

    def configure(self, formats=("html", "markdown", "epub"), store="", **digest):
        self.home.configure({"Europe": ["http://a.example/feed"]},
                            digest={"formats": list(formats), "images": "stored", "max-age": "forever", **digest})
        with open(self.home.config, "a", encoding="utf-8") as file:
            file.write('feed "http://a.example/feed" { fulltext = false }\n')
        if store:
            with open(self.home.config, encoding="utf-8") as file:
                text = file.read()
            assert "store {" in text
            self.home.write_config(text.replace("store {", "store {\n\t" + store + "\n", 1))

    def show(self, day, words, title=None):
        picture = '<img src="http://a.example/%d.png" alt="">' % day
        self.entries = getattr(self, "entries", {})
        self.entries[day] = ("<item><title>%s</title><link>http://a.example/%d</link><guid>%d</guid><description>"
                             "<![CDATA[<p>%s</p>%s]]></description></item>" %
                             (title or "Report number %d of the harbour" % day, day, day, words, picture))
        self.web.put("a.example", "/%d.png" % day, Page(QUAY + bytes([day]), "image/png"))
        feed = "<rss version='2.0'><channel><title>Harbour</title>%s</channel></rss>" % "".join(self.entries.values())
        self.web.put("a.example", "/feed", Page(feed.encode(), "application/rss+xml"))

    def edition(self):
        self.day += 1
        self.home.set_clock(START + self.day * DAY)
        self.show(self.day, "%s. %s" % ("word%d " % self.day * 40, WORDS))
        return self.home.once("--force", "--edition")

    def name(self, day):
        return "2026-%02d-%02d" % ((9, 21 + day) if day < 10 else (10, day - 9))

    def files(self, day):
        folder = self.home.path("digests", self.name(day))
        found = {}
        for file in os.listdir(folder):
            with open(os.path.join(folder, file), "rb") as stream:
                found[file] = stream.read()
        return found

    def folders(self):
        return sorted(f for f in os.listdir(self.home.digests) if f.lstrip(".").startswith("2026-"))


@pytest.fixture
def paper(home, web):
    return Paper(home, web)


def test_what_was_printed_is_printed_again_after_retention(paper):
    """Texts expire, articles are revised: once an edition has its next, no byte of it changes."""
    home = paper.home
    paper.configure(store='keep = "2d"')
    for _ in range(3):
        paper.edition()
    before = {day: paper.files(day) for day in (1, 2)}
    for day in (1, 2):
        for file in ("index.html", "europe.html"):
            assert b'<a href="../%s/%s" rel="next">' % (paper.name(day + 1).encode(), file.encode()) in before[day][file]
    paper.show(1, "Now it is known: " + "storm%d " * 60 % tuple(range(60)), "Storm kept the boats away")
    for _ in range(3):
        paper.edition()
    assert [n for n, in home.sql("SELECT revision FROM item ORDER BY id LIMIT 2")] == [1, 0], "one was revised"
    for day in (1, 2):
        shutil.rmtree(home.path("digests", paper.name(day)))
        made = home.diurna("digest", "--rebuild", "--date", paper.name(day))
        assert (made.returncode, made.stderr) == (0, "")
        assert paper.files(day) == before[day]
    assert os.readlink(home.path("digests", "latest")) == paper.name(6)


def weeks(home):
    """The pages of weeks by their names, each of whose links has to lead somewhere."""
    folder, found = home.path("digests", "weeks"), {}
    for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else ():
        with open(os.path.join(folder, name), encoding="utf-8") as file:
            found[name] = file.read()
        for link in re.findall('(?:href|src)="([^"#]+)(#[^"]*)?"', found[name]):
            with open(os.path.join(folder, link[0]), "rb") as file:
                assert not link[1] or b'id="%s"' % link[1][1:].encode() in file.read(), link
    return found


def test_a_week_has_a_page_that_leads_to_its_stories(paper):
    """Until the first of its editions goes; written anew by each, to the same bytes by an older one."""
    home = paper.home
    paper.configure()
    paper.edition()
    assert weeks(home) == {} and 'class="week"' not in archive(home)
    paper.configure(week=True, keep="7d")
    for _ in range(3):
        paper.edition()
    page, = weeks(home).values()
    assert sorted(re.findall(r">Report number (\d)", page)) == list("1234") and page.count('class="excerpt"') == 1
    assert "<h1 dir=\"auto\">diurna – The week</h1>" in page and "Friday, 25 September 2026" in page
    before = weeks(home)
    assert home.diurna("digest", "--rebuild", "--date", paper.name(2)).returncode == 0
    assert weeks(home) == before
    for _ in range(3):  # to Monday
        paper.edition()
    assert list(weeks(home)) == ["2026-W39.html", "2026-W40.html"]
    assert re.findall(r'href="(weeks/[^"]*)"', archive(home)) == ["weeks/2026-W40.html", "weeks/2026-W39.html"]
    whole = weeks(home)["2026-W39.html"]
    assert "Report number 6" in whole and "Report number 7" not in whole and "Sunday, 27 September 2026" in whole
    feed = open(home.path("digests", "feeds", "europe.atom"), "rb").read()
    assert b"The week" not in feed
    while paper.name(1) in paper.folders():
        paper.edition()
    assert "2026-W39.html" not in weeks(home) and "2026-W40.html" in weeks(home)
    assert "2026-W39" not in archive(home)


def archive(home):
    with open(home.path("digests", "index.html"), encoding="utf-8") as file:
        return file.read()


def test_a_thinner_digest_never_replaces_a_fuller_one(paper, tmp_path):
    """Only the size of the store takes texts from an edition; it is said, and its files stay."""
    home = paper.home
    paper.configure()
    for _ in range(3):
        paper.edition()
    before = paper.files(1)
    made = home.diurna("digest", "--date", paper.name(1), "--format", "markdown", "--output", tmp_path / "out")
    assert made.returncode == 0 and made.stderr == ""
    with open(tmp_path / "out" / "europe.md", encoding="utf-8") as file:
        fuller = file.read()
    paper.configure(store='size = "200k"')
    said = paper.edition().stderr
    assert "texts that editions have printed are removed" in said, said

    made = home.diurna("digest", "--date", paper.name(1), "--format", "text")
    assert made.returncode == 0 and "1 articles in the edition" not in made.stdout
    assert "no longer stored" in made.stderr and "no longer stored" in made.stdout, "in the foot, too"
    made = home.diurna("digest", "--date", paper.name(1), "--format", "markdown", "--output", tmp_path / "out")
    assert made.returncode == 73 and "left as it is" in made.stderr
    with open(tmp_path / "out" / "europe.md", encoding="utf-8") as file:
        assert file.read() == fuller
    made = home.diurna("digest", "--rebuild", "--date", paper.name(1))
    assert made.returncode == 1 and "left as they were written" in made.stderr
    assert home.diurnad("--publish", "1").returncode == 0
    assert paper.files(1) == before


def test_old_editions_go_with_pictures_and_texts(paper):
    """Nothing leads to what is removed, nothing that is kept changes, nothing of others is touched."""
    home = paper.home
    paper.configure(keep="3d", store='keep = "1d"')
    for _ in range(3):
        paper.edition()
    with open(home.path("digests", paper.name(2), "notes.txt"), "w", encoding="utf-8") as file:
        file.write("mine")
    os.symlink("/nowhere", home.path("digests", paper.name(2), "link"))
    for _ in range(6):
        paper.edition()
    kept = [paper.name(day) for day in range(4, 10)]
    assert [f for f in paper.folders() if f != paper.name(2)] == kept, paper.folders()
    assert sorted(os.listdir(home.path("digests", paper.name(2)))) == ["link", "notes.txt"]
    # the page that followed leads back no longer, others do
    oldest = paper.files(4)
    assert b'rel="prev"' not in oldest["index.html"] and b'rel="prev"' not in oldest["europe.html"]
    for day in range(5, 10):
        for file in ("index.html", "europe.html"):
            assert b"../%s/%s" % (paper.name(day - 1).encode(), file.encode()) in paper.files(day)[file]
    with open(home.path("digests", "index.html"), encoding="utf-8") as file:
        archive = file.read()
    assert [d for d in range(1, 10) if paper.name(d) + "/index.html" in archive] == list(range(4, 10))
    assert archive.count("<rect ") >= 9, "days whose editions have gone stay in the calendar"
    # pictures and texts
    stored = {f for f in home.digest_files() if f.startswith("images/")}
    assert stored == {"images/" + name(QUAY + bytes([day]), "png") for day in range(4, 10)}
    assert not [f for f in os.listdir(home.path("digests", "images")) if
                not os.listdir(home.path("digests", "images", f))], "no empty folder is left"
    assert home.sql("SELECT id FROM v_item WHERE text IS NOT NULL") == [(n,) for n in range(4, 10)]
    assert home.sql("SELECT state, count(*) FROM edition GROUP BY 1 ORDER BY 1") == [
        ("gone", 3), ("kept", 5), ("leaving", 1)]
    for day in (6, 7):
        before = paper.files(day)
        assert home.diurna("digest", "--rebuild", "--date", paper.name(day)).returncode == 0
        assert paper.files(day) == before
    made = home.diurna("digest", "--rebuild", "--date", paper.name(1))
    assert made.returncode == 1 and "digest.keep" in made.stderr
    assert home.integrity() == [] and home.diurna("check", "--store").returncode == 0


@pytest.mark.parametrize("leave", [os.rename, shutil.copytree])
def test_removal_is_taken_up_again(paper, leave):
    """What a crash left of an edition that was going: out of sight, with or without what is in its place."""
    home = paper.home
    paper.configure(keep="2d")
    for _ in range(5):
        paper.edition()
    assert home.sql("SELECT id FROM edition WHERE state = 'leaving'") == [(1,)]
    leave(home.path("digests", paper.name(1)), home.path("digests", ".%s.old" % paper.name(1)))
    paper.edition()
    assert paper.folders() == [paper.name(day) for day in range(2, 7)]


def test_what_is_not_ours_does_not_hold_up_removal(paper):
    """In the place of the folder that goes out of sight, in that of a page, in that of a feed."""
    home = paper.home
    paper.configure(keep="2d")
    for _ in range(4):
        paper.edition()
    mine = [home.path("digests", ".%s.old" % paper.name(1), "mine"),
            home.path("digests", paper.name(2), "asia.html", "mine"),
            home.path("digests", paper.name(2), "europe.md", "mine")]
    for path in mine:
        if os.path.exists(os.path.dirname(path)):
            os.remove(os.path.dirname(path))
        os.makedirs(os.path.dirname(path))
        with open(path, "w", encoding="utf-8"):
            pass
    for _ in range(3):
        said = paper.edition().stderr
        assert "not removed" not in said, said
    assert all(map(os.path.exists, mine))
    assert paper.name(1) not in paper.folders()
    assert sorted(os.listdir(home.path("digests", paper.name(2)))) == ["asia.html", "europe.md"]
    assert home.sql("SELECT count(*) FROM edition WHERE state = 'gone'")[0][0] >= 2


def test_check_says_what_keeps_texts(paper):
    paper.configure(store='keep = "90d"')
    said = paper.home.diurna("check").stdout
    assert "texts are kept for 90 d, but what is printed stays as long as its edition, forever" in said
    paper.configure(store='keep = "90d"', keep="30d")
    assert "texts are kept" not in paper.home.diurna("check").stdout


def test_an_edition_that_was_asked_for_can_be_read_at_once(paper):
    """What --close prints is there; and when it cannot be written, that is said."""
    home = paper.home
    home.set_clock(START)
    paper.configure()
    paper.show(1, WORDS)
    daemon = home.start()
    daemon.wait_for("1 new")
    done = home.diurna("digest", "--close")
    assert (done.returncode, done.stderr) == (0, "")
    folder = done.stdout.strip()
    assert {"index.html", "europe.html", "europe.md"} <= set(os.listdir(folder))
    assert os.readlink(home.path("digests", "latest")) == os.path.basename(folder)

    paper.show(2, WORDS + "Another day.")
    home.diurna("poll", "--force")
    os.makedirs(home.path("digests", "2026-09-21-2", "europe.html"))  # in the way of the file
    done = home.diurna("digest", "--close")
    assert done.returncode == 1 and done.stdout == ""
    assert "edition 2026-09-21-2 is closed, but not all of it is written" in done.stderr
    daemon.wait_for("2026-09-21-2/europe.html: Is a directory")
    assert "its digests are not written yet" in home.diurna("status").stdout
    os.rmdir(home.path("digests", "2026-09-21-2", "europe.html"))
    home.set_clock(START + 120)
    daemon.wait_for("edition 2026-09-21-2: written")
    assert daemon.stop() == 0


def test_a_week_is_read_out_of_its_days(paper, tmp_path):
    home = paper.home
    paper.configure()
    for _ in range(9):
        paper.edition()
    before = {day: paper.files(day) for day in range(1, 10)}
    made = home.diurna("digest", "--week", "--stories", "3", "--date", paper.name(8))
    assert (made.returncode, made.stderr) == (0, "")
    days = [int(n) for n in re.findall(r"^Subject: Report number (\d+)", made.stdout, re.M)]
    assert len(days) == 3 and all(2 <= day <= 8 for day in days), days
    made = home.diurna("digest", "--week", "--format", "epub", "--output", tmp_path / "out")
    assert made.returncode == 0
    book = tmp_path / "out" / ("diurna-week-%s.epub" % paper.name(9))
    assert made.stdout.strip() == str(book)
    with zipfile.ZipFile(book) as archive:
        names = archive.namelist()
        assert len([n for n in names if "/a-" in n]) == 7, "a story a day"
        assert len([n for n in names if "/images/" in n]) == 7, "with its picture"
    assert {day: paper.files(day) for day in range(1, 10)} == before
    for args, why in ((["--rebuild", "--week"], "only --date"), (["--stories", "3"], "--week"),
                      (["--week", "--stories", "0"], "from 1")):
        made = home.diurna("digest", *args)
        assert made.returncode == 64 and why in made.stderr, made.stderr
    assert home.diurna("digest", "--week", "--date", "2020-01-01").returncode == 1
