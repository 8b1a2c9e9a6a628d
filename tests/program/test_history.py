"""import --history: what newsboat and sfeed have kept."""

import json
import sqlite3

from sites import Page

FEED = "http://n.example/feed"


def make_cache(path):
    db = sqlite3.connect(path)
    db.executescript("""
        CREATE TABLE rss_feed (rssurl VARCHAR(1024) PRIMARY KEY NOT NULL, url VARCHAR(1024) NOT NULL,
            title VARCHAR(1024) NOT NULL, lastmodified INTEGER(11) NOT NULL DEFAULT 0);
        CREATE TABLE rss_item (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, guid VARCHAR(64) NOT NULL,
            title VARCHAR(1024) NOT NULL, author VARCHAR(1024) NOT NULL, url VARCHAR(1024) NOT NULL,
            feedurl VARCHAR(1024) NOT NULL, pubDate INTEGER NOT NULL, content VARCHAR(65535) NOT NULL,
            unread INTEGER(1) NOT NULL, deleted INTEGER(1) NOT NULL DEFAULT 0);
        """)
    db.executemany("INSERT INTO rss_feed VALUES (?, ?, ?, 0)", [
        (FEED, "http://n.example/", "News of N"), ("http://gone.example/feed", "http://gone.example/", "Gone")])
    rows = [("g%d" % n, "Report %d" % n, "Ann", "http://n.example/%d?utm_source=x" % n, FEED, 1600000000 + n,
             "<p>Lines <script>alert(1)</script>of the year %d</p>" % n, 0, 0) for n in range(700)]
    rows += [("x", "Old words", "", "http://gone.example/1", "http://gone.example/feed", 1500000000, "zebra", 1, 0),
             ("y", "Deleted", "", "http://gone.example/2", "http://gone.example/feed", 1500000000, "no", 1, 1),
             ("z", "Of a script", "", "http://gone.example/3", "exec:script", 1500000000, "no", 1, 0)]
    db.executemany("INSERT INTO rss_item (guid, title, author, url, feedurl, pubDate, content, unread, deleted) "
                   "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
    db.commit()
    db.close()


def test_newsboat_history(home, web, tmp_path):
    cache = str(tmp_path / "cache.db")
    make_cache(cache)
    home.configure({"All": [FEED]})
    dry = home.diurna("import", "--history", "--dry-run", cache)
    assert (dry.returncode, dry.stdout) == (0, "701 entries (not added: --dry-run), 1 passed over.\n"), dry.stderr
    done = home.diurna("import", "--history", cache)
    assert (done.returncode, done.stdout) == (0, "701 new items, 0 entries of known ones, 1 passed over.\n"), \
        done.stderr
    assert home.diurna("import", "--history", cache).stdout.startswith("0 new items, 701 entries")
    found = json.loads(home.diurna("query", "--match", "zebra", "--format", "json").stdout)
    assert found["feed"] == "Gone" and found["backlog"] and found["published"] == "2017-07-14T02:40:00Z"
    assert home.sql("SELECT count(*) FROM v_item WHERE html LIKE '%script%'") == [(0,)]
    assert home.diurna("check", "--store", "--quiet").stdout == ""
    # What the feed still lists is known, and only what is new is printed.
    entries = "".join("<item><title>Report %d</title><link>http://n.example/%d</link><guid>g%d</guid></item>"
                      % (n, n, n) for n in range(695, 701))
    web.put("n.example", "/feed", Page(
        ('<rss version="2.0"><channel><title>N</title><link>http://n.example/</link>%s</channel></rss>'
         % entries).encode(), type="application/rss+xml"))
    with open(home.config, "a", encoding="utf-8") as file:
        file.write('feed "%s" { fulltext = false }\n' % FEED)
    home.once("--edition")
    assert home.sql("SELECT count(*) FROM item") == [(702,)]
    assert home.sql("SELECT title FROM v_item WHERE edition NOT NULL") == [("Report 700",)]


def test_sfeed_history(home, tmp_path):
    path = tmp_path / "N"
    path.write_text("1600000000\tFirst\thttp://n.example/1\t<p>one\\n\\ttwo</p>\thtml\tid1\tAnn\t\tsea|land\n"
                    "1600000100\tSecond\thttp://n.example/2\t\n\nnonsense\n"
                    "1600000200\tThird\thttp://n.example/3\t1 < 2\tplain\tid3\t\t\t\n", encoding="utf-8")
    home.configure({"All": [FEED]})
    wrong = home.diurna("import", "--history", str(path))
    assert wrong.returncode == 64 and "--feed" in wrong.stderr
    done = home.diurna("import", "--history", "--feed", FEED, str(path))
    assert (done.returncode, done.stdout) == (0, "3 new items, 0 entries of known ones, 1 passed over.\n"), done.stderr
    texts = dict(home.sql("SELECT title, text FROM v_item"))
    assert texts["First"].split() == ["one", "two"] and texts["Third"].strip() == "1 < 2"


def test_history_says_what_is_wrong(home, tmp_path):
    home.configure({"All": [FEED]})
    other = str(tmp_path / "other.db")
    sqlite3.connect(other).executescript("CREATE TABLE x (y); VACUUM;")
    done = home.diurna("import", "--history", other)
    assert done.returncode == 65 and "no cache of newsboat" in done.stderr
    assert home.diurna("import", "--history", str(tmp_path / "none")).returncode == 66
    assert home.diurna("import", "--feed", FEED, other).returncode == 64
    daemon = home.start()
    daemon.wait_for("confined")
    make_cache(str(tmp_path / "cache.db"))
    done = home.diurna("import", "--history", str(tmp_path / "cache.db"))
    assert done.returncode == 75 and "stop the daemon" in done.stderr
    daemon.stop()
