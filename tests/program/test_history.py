"""import --history: what newsboat and sfeed have kept."""

import contextlib
import json
import os
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


def test_caches_of_other_versions(home, tmp_path):
    """Plain text since 2.20; bytes that are no UTF-8 from long before; a cache that is read while it is locked."""
    cache = str(tmp_path / "cache.db")
    make_cache(cache)
    home.configure({"All": [FEED]})
    with contextlib.closing(sqlite3.connect(cache)) as db, db:
        db.execute("DELETE FROM rss_item WHERE id > 2")
        db.execute("ALTER TABLE rss_item ADD content_mime_type VARCHAR(255) NOT NULL DEFAULT ''")
        db.execute("UPDATE rss_item SET content_mime_type = 'text/plain', content = '1 < 2 <b>', author = "
                   "CAST(x'41e96e' AS TEXT) WHERE id = 1")
        db.execute("UPDATE rss_item SET title = CAST(x'4be9bbfc' AS TEXT), content = CAST(x'3c703e636166e9' AS TEXT) "
                   "WHERE id = 2")
        db.execute("UPDATE rss_feed SET title = CAST(x'4dfc' AS TEXT)")
    with contextlib.closing(sqlite3.connect(cache, isolation_level=None)) as db:
        db.execute("BEGIN EXCLUSIVE")
        done = home.diurna("import", "--history", cache)
        assert done.returncode == 75 and "is in use; end newsboat" in done.stderr, done
        assert not os.path.exists(home.store)
    assert home.diurna("import", "--history", cache).stdout == "2 new items, 0 entries of known ones, 0 passed over.\n"
    assert home.sql("SELECT title, text, author, feed FROM v_item ORDER BY id") == [
        ("Report 0", "1 < 2 <b>\n", "A\ufffdn", "M\ufffd"), ("K\ufffd\ufffd\ufffd", "caf\ufffd\n", "Ann", "M\ufffd")]


def test_a_damaged_cache_gives_what_can_be_read(home, tmp_path):
    cache = str(tmp_path / "cache.db")
    make_cache(cache)
    with contextlib.closing(sqlite3.connect(cache)) as db, db:
        db.execute("CREATE INDEX by_date ON rss_item (feedurl, pubDate)")
    page = 4096
    with open(cache, "r+b") as file:
        file.seek(0, 2)
        pages = file.tell() // page
        file.seek(pages // 2 * page)
        file.write(b"\xff" * page * 3)
    home.configure({"All": [FEED]})
    done = home.diurna("import", "--history", cache)
    assert done.returncode == 65 and "damaged behind" in done.stderr, done
    assert home.diurna("check", "--store", "--quiet").stdout == ""


def test_sfeed_files_with_odd_lines(home, tmp_path):
    path = tmp_path / "N"
    path.write_bytes(b"\t\t\t\t\t\t\t\t\n"  # nothing in it
                     b"x\tNo date\thttp://n.example/1\r\n"
                     b"1600000000\tA \0 byte\thttp://n.example/2\ttext\tplain\tid2\n"
                     b"1600000000\tLatin \xe9\thttp://n.example/3\t<p>a\\\\b\\x\\\thtml\tid3\tAnn\t\t\ttoo\tmany\n"
                     b"99999999999999999999\tFar\thttp://n.example/4\n"
                     b"-5\t\t\n"
                     b"1600000000\tNo end\thttp://n.example/5")
    home.configure({"All": [FEED]})
    done = home.diurna("import", "--history", "--feed", FEED, str(path))
    assert done.returncode == 0, done
    assert home.sql("SELECT title, url, published FROM v_item WHERE title <> '' ORDER BY url") == [
        ("No date", "http://n.example/1", None), ("A byte", "http://n.example/2", "2020-09-13T12:26:40Z"),
        ("Latin \ufffd", "http://n.example/3", "2020-09-13T12:26:40Z"), ("Far", "http://n.example/4", None),
        ("No end", "http://n.example/5", "2020-09-13T12:26:40Z")]


def test_history_says_what_is_wrong(home, tmp_path):
    home.configure({"All": [FEED]})
    other = str(tmp_path / "other.db")
    sqlite3.connect(other).executescript("CREATE TABLE x (y); VACUUM;")
    done = home.diurna("import", "--history", other)
    assert done.returncode == 65 and "no cache of newsboat" in done.stderr
    assert home.diurna("import", "--history", str(tmp_path / "none")).returncode == 66
    assert not os.path.exists(home.store)  # what is refused leaves nothing
    assert home.diurna("import", "--feed", FEED, other).returncode == 64
    daemon = home.start()
    daemon.wait_for("confined")
    make_cache(str(tmp_path / "cache.db"))
    done = home.diurna("import", "--history", str(tmp_path / "cache.db"))
    assert done.returncode == 75 and "stop the daemon" in done.stderr
    daemon.stop()
