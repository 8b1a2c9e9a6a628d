"""What `diurna recover` gets out of a damaged store, and what the daemon says of one."""

import os
import random
import re
import sqlite3
import stat

import pytest

from damage import checkpoint, opened, without_rules
from press import Press

OPTIONS = {"poll": {"jitter": False}, "digest": {"max-first": 10000, "max-age": "36500d"}}


def damage(home, seed, every):
    """Rubbish in some pages of the trees: not where a table begins, nor amid a text, where nobody can tell."""
    chance = random.Random(seed)
    roots = {root for root, in home.sql("SELECT rootpage FROM sqlite_schema")}
    pages = [n for n, in home.sql("SELECT pageno FROM dbstat WHERE pagetype IN ('leaf', 'internal') "
                              "AND name <> 'sqlite_schema' ORDER BY 1")
             if n > 1 and n not in roots]
    size, = home.sql("PRAGMA page_size")[0]
    with open(home.store, "r+b") as file:
        for page in chance.sample(pages, max(1, len(pages) // every)):
            file.seek((page - 1) * size + 8)
            file.write(chance.randbytes(size * 3 // 8))


@pytest.fixture
def library(home, web):
    """A store of some hundred pages, with an edition."""
    press = Press(web, 12, 12)
    home.configure({"All": press.feeds}, **OPTIONS)
    home.once("--edition")
    checkpoint(home.store)
    return press


def test_a_damaged_store_is_said_and_not_written_to(home, library):
    before = os.path.getsize(home.store)
    damage(home, 1, 1)
    home.set_clock("+90000")
    done = home.diurnad("--once", "--force", "--edition")
    assert done.returncode == 65, done.stderr
    assert "diurna recover" in done.stderr
    assert os.path.getsize(home.store) >= before


def test_a_feed_that_has_lost_its_address(home, library):
    """As a damaged page may leave it: SQLite itself would not write such a row."""
    for change in ("UPDATE sqlite_schema SET sql = replace(sql, 'url TEXT NOT NULL', 'url TEXT') WHERE name = 'feed'",
                   "UPDATE feed SET url = NULL WHERE id = 3",
                   "UPDATE sqlite_schema SET sql = replace(sql, 'url TEXT', 'url TEXT NOT NULL') WHERE name = 'feed'"):
        db = sqlite3.connect(home.store, isolation_level=None)
        db.execute("PRAGMA writable_schema = ON")
        assert db.execute(change).rowcount == 1
        db.close()
    done = home.diurnad("--once")
    assert done.returncode == 65 and "diurna recover" in done.stderr, done.stderr


@pytest.mark.parametrize("seed", range(4))
def test_what_can_be_had_of_a_damaged_store(home, web, library, seed):
    items = {title for title, in home.sql("SELECT title FROM v_item")}
    with open(home.store, "rb") as file:
        whole = file.read()
    damage(home, seed, [100, 50, 25, 10][seed])
    with open(home.store, "rb") as file:
        damaged = file.read()
    done = home.diurna("recover")
    assert done.returncode == 0, done.stderr
    kept = re.search(r"stays as (\S+)\.\n", done.stdout)[1]
    with open(kept, "rb") as file:
        assert file.read() == damaged != whole
    assert home.diurna("check", "--store", "--quiet").stdout == ""
    rescued = {title for title, in home.sql("SELECT title FROM v_item")}
    assert rescued <= items | {""} and len(rescued) >= len(items) // 4
    # What the feeds still list comes back, once.
    home.set_clock("+90000")
    home.once("--edition")
    assert {title for title, in home.sql("SELECT title FROM v_item")} >= items
    # Which of the rescued were printed may have been in the rubbish; nothing is printed twice.
    rows, once = home.sql("SELECT count(*), count(DISTINCT item_id) FROM edition_item")[0]
    assert 0 < rows == once
    assert home.diurna("query", "--match", library.sentences[0].split()[0]).returncode in (0, 1)
    assert home.diurna("check", "--store", "--quiet").stdout == ""


def varint(data, at):
    value = 0
    for n in range(9):
        value = value << 7 | data[at + n] & 0x7F
        if data[at + n] < 0x80:
            return value, at + n + 1
    raise AssertionError("nine bytes")


def test_a_row_with_a_wrong_number_costs_no_others(home, web, library):
    """Of what comes behind it, that is."""
    items = dict(home.sql("SELECT id, title FROM v_item"))
    number = 10
    with open(home.store, "rb") as file:
        data = bytearray(file.read())
    size, changed = int.from_bytes(data[16:18], "big"), 0
    for page in range(size, len(data), size):
        if data[page] != 13:  # a leaf of a table
            continue
        for n in range(int.from_bytes(data[page + 3:page + 5], "big")):
            cell = page + int.from_bytes(data[page + 8 + 2 * n:page + 10 + 2 * n], "big")
            length, at = varint(data, cell)
            if data[at] == number and items[number].encode() in data[at:at + length]:
                data[at] = 127
                changed += 1
    assert changed
    with open(home.store, "wb") as file:
        file.write(data)
    assert home.diurna("recover").returncode == 0
    rescued = {title for title, in home.sql("SELECT title FROM v_item")}
    assert len(set(items.values()) - rescued) <= 1


def overwrite(home, pages, chance):
    size, = home.sql("PRAGMA page_size")[0]
    with open(home.store, "r+b") as file:
        for page in pages:
            file.seek((page - 1) * size)
            file.write(chance.choice([bytes(size), chance.randbytes(size)]))


def everything(home):
    return [home.sql("SELECT %s ORDER BY 1, 2, 3" % what) for what in (
        "id, url, title FROM v_feed", "id, title, url, text, html FROM v_item", "feed_id, guid, item_id FROM sighting",
        "item_id, edition_id, position FROM edition_item", "id, name, to_seq FROM edition",
        "item_id, label, at FROM item_label")]


PAGES = {
    "the first": lambda home: [1],
    "the first three": lambda home: [1, 2, 3],
    "where items begin": lambda home: roots(home, "item"),
    "where articles and sightings begin": lambda home: roots(home, "article", "sighting"),
    "all between roots and leaves": lambda home: [n for n, in home.sql(
        "SELECT pageno FROM dbstat WHERE pagetype = 'internal' AND name IN "
        "('item', 'item_body', 'article', 'sighting', 'arrival')")],
}


def roots(home, *names):
    return [home.sql("SELECT rootpage FROM sqlite_schema WHERE name = ?", name)[0][0] for name in names]


@pytest.mark.parametrize("what", PAGES)
def test_leaves_are_read_without_their_trees(home, web, library, what):
    """Texts, items, what is known of each, what was printed and labelled come back, though no page leads there."""
    assert home.diurna("mark", "--label", "Later", "--label", "Käse", *(str(n) for n, in home.sql("SELECT id FROM item"))).returncode == 0
    checkpoint(home.store)
    before = everything(home)
    overwrite(home, PAGES[what](home), random.Random(what))
    done = home.diurna("recover")
    assert done.returncode == 0, done.stderr
    assert re.search(r"\d+ rows were gathered from pages that nothing leads to", done.stdout), done.stdout
    # What cannot be told from an index is named.
    assert ("of these tables: " in done.stdout and " cursor," in done.stdout) == what.startswith("the first"), done.stdout
    after = everything(home)
    assert after[:2] == before[:2] and after[3:] == before[3:]
    # A table with a key of its own has rows in its inner pages too, and no others with them.
    assert len(set(after[2]) & set(before[2])) >= len(before[2]) * 0.8
    assert home.diurna("check", "--store", "--quiet").stdout == ""
    home.set_clock("+90000")
    home.once("--force", "--edition")
    assert len(home.sql("SELECT id FROM v_item")) == len(before[1])
    assert home.sql("SELECT max(n) FROM (SELECT count(*) AS n FROM edition_item GROUP BY item_id)") == [(1,)]


# Tables with a key of their own and few columns: what stands beside the items.
SMALL = ("cursor", "edition_section", "edition_source", "host", "image_leaving", "item_alias", "item_image", "rule",
         "setting", "site_block", "walk_document")


@pytest.fixture
def furnished(home, library):
    """A library with all that a year leaves beside the items."""
    now = 1_790_000_000
    with opened(home.store) as db:
        db.execute("UPDATE item SET rule = 'no sport, less of it' WHERE id % 9 = 0")
        db.execute("INSERT INTO rule VALUES ('no sport', 12, ?), ('less of it', 3, ?)", (now, now))
        db.executemany("INSERT INTO cursor VALUES (?, ?, ?)", [("reader-%d" % n, n * 10, now + n) for n in range(8)])
        db.executemany("INSERT INTO host VALUES (?, ?, ?)",
                       [("slow%d.example" % n, n % 2 * now, n % 3) for n in range(40)])
        db.executemany("INSERT INTO item_alias SELECT ?, id FROM item WHERE id = ?",
                       [("http://other%d.example/%s/%d" % (n % 7, "x" * 60, n), n % 140 + 1) for n in range(600)])
        db.executemany("INSERT INTO image (url, item_id, state, due_at, hash, extension) VALUES (?, ?, 'stored', 0, ?, 'png')",
                       [("http://pictures.example/%s/%d.png" % ("y" * 60, n), n % 140 + 1, "%064x" % n) for n in range(300)])
        db.execute("DELETE FROM image WHERE item_id NOT IN (SELECT id FROM item)")
        db.execute("INSERT INTO item_image SELECT item_id, url FROM image")
        db.executemany("INSERT INTO image_leaving VALUES (?, 'jpg')", [("%064x" % (n + 10**9),) for n in range(50)])
        db.execute("INSERT OR IGNORE INTO setting VALUES ('first-start', '1780000000')")
        db.executemany("INSERT INTO site_block VALUES (?, ?, ?, ?)",
                       [("site%d.example" % (n % 30), n * 7919**3, n % 9 + 1, now) for n in range(400)])
        db.executemany("INSERT INTO walk_document VALUES (?, ?, ?, ?)",
                       [(n % 12 + 1, "http://press.example/archive/%d" % n, n % 2, now) for n in range(100)])
    checkpoint(home.store)
    return {table: home.sql("SELECT * FROM %s ORDER BY 1, 2" % table) for table in SMALL}


@pytest.mark.parametrize("pages", [[1], [1, 3]])
def test_small_tables_are_told_by_their_trees(home, furnished, pages):
    """No schema says which tree is which: what their rows say does."""
    overwrite(home, pages, random.Random(len(pages)))
    done = home.diurna("recover")
    assert done.returncode == 0, done.stderr
    lost = [t for t in SMALL if home.sql("SELECT * FROM %s ORDER BY 1, 2" % t) != furnished[t]]
    # The third page may be where one of them begins, and all of it: that one is named.
    assert len(lost) < len(pages), (lost, done.stdout)
    named = re.search(r"of these tables: (.*) \(", done.stdout)
    assert {"copy_key", "story_word"} >= set((named[1] if named else "").split(", ")) - set(lost) - {""}, done.stdout
    assert home.diurna("check", "--store", "--quiet").stdout == ""


@pytest.mark.parametrize("table", ["item_alias", "item_image", "site_block"])
def test_a_small_table_without_its_first_page(home, furnished, table):
    """Its rows come back but those that stood in the page itself, and nothing of other trees with them."""
    overwrite(home, roots(home, table), random.Random(table))
    done = home.diurna("recover")
    assert done.returncode == 0, done.stderr
    found = home.sql("SELECT * FROM %s ORDER BY 1, 2" % table)
    assert set(found) <= set(furnished[table]) and len(found) > len(furnished[table]) * 0.8
    assert all(home.sql("SELECT * FROM %s ORDER BY 1, 2" % t) == furnished[t] for t in SMALL if t != table)
    assert home.diurna("check", "--store", "--quiet").stdout == ""


def test_what_stands_in_the_log_counts(home, library):
    """Committed and not yet copied into a file whose first page is lost; what was not committed does not."""
    db = sqlite3.connect(home.store, isolation_level=None)
    db.execute("PRAGMA wal_autocheckpoint = 0")
    db.execute("UPDATE item SET title = 'in the log first' WHERE id = 5")
    db.execute("UPDATE item SET title = 'in the log' WHERE id IN (5, 6)")
    db.execute("PRAGMA cache_size = 1")
    db.execute("BEGIN")
    db.execute("UPDATE item SET title = 'never committed'")
    with open(home.store, "rb") as file, open(home.store + "-wal", "rb") as log:
        store, frames = file.read(), log.read()
    db.execute("ROLLBACK")
    db.close()
    size = int.from_bytes(store[16:18], "big")
    pages = {int.from_bytes(frames[at:at + 4], "big") for at in range(32, len(frames), size + 24)}
    assert 1 not in pages and b"never committed" in frames
    with open(home.store, "wb") as file:
        file.write(bytes(size) + store[size:])
    with open(home.store + "-wal", "wb") as log:
        log.write(frames)
    done = home.diurna("recover")
    assert done.returncode == 0, done.stderr
    assert home.sql("SELECT id FROM item WHERE title = 'in the log' ORDER BY id") == [(5,), (6,)]
    assert home.sql("SELECT count(*) FROM item WHERE title IN ('never committed', 'in the log first')") == [(0,)]
    with open(re.search(r"stays as (\S+)\.\n", done.stdout)[1] + "-wal", "rb") as log:
        assert log.read() == frames


def test_what_is_free_is_not_read(home, library):
    """A feed that was dropped with its items, and whose pages nobody has used since, stays dropped."""
    gone = [n for n, in home.sql("SELECT id FROM item WHERE feed_id = 3")]
    with opened(home.store) as db:
        db.execute("PRAGMA foreign_keys = OFF")
        db.execute("PRAGMA secure_delete = OFF")
        for table in ("article", "item_body", "sighting", "arrival", "edition_item"):
            db.execute("DELETE FROM %s WHERE item_id IN (SELECT id FROM item WHERE feed_id = 3)" % table)
        db.execute("DELETE FROM item WHERE feed_id = 3")
    checkpoint(home.store)
    assert home.sql("PRAGMA freelist_count")[0][0] > 5
    overwrite(home, [1], random.Random(1))
    assert home.diurna("recover").returncode == 0
    assert gone and not set(gone) & {n for n, in home.sql("SELECT item_id FROM article UNION SELECT id FROM item")}


def test_a_table_that_is_lost_is_named(home, web, library):
    before = home.sql("SELECT id, title, url FROM v_item ORDER BY id")
    pages = [n for n, in home.sql("SELECT pageno FROM dbstat WHERE name = 'article'")]
    overwrite(home, pages, random.Random(1))
    os.chmod(home.store, 0o600)
    done = home.diurna("recover")
    assert done.returncode == 0, done.stderr
    assert re.search(r"Nothing could be read of these tables: article \(", done.stdout), done.stdout
    assert stat.S_IMODE(os.stat(home.store).st_mode) == 0o600
    # The texts are gone; what they belong to is known, and nothing is printed a second time.
    assert home.texts() == []
    assert home.sql("SELECT id, title, url FROM v_item ORDER BY id") == before
    home.set_clock("+90000")
    home.once("--edition")
    assert home.sql("SELECT max(n) FROM (SELECT count(*) AS n FROM edition_item GROUP BY item_id)") == [(1,)]
    assert home.diurna("check", "--store", "--quiet").stdout == ""


def test_a_value_of_a_wrong_kind_costs_not_more_than_its_row(home, library):
    items = len(home.sql("SELECT id FROM item"))
    with without_rules(home.store) as db:
        db.execute("UPDATE item SET feed_id = 'word' WHERE id = 5")
        db.execute("UPDATE item SET starred = 'word', title = x'00', author = x'FF' WHERE id = 6")
    assert home.diurna("recover").returncode == 0
    assert len(home.sql("SELECT id FROM item")) == items - 1
    assert home.sql("SELECT starred, title, author FROM item WHERE id = 6") == [(0, "", None)]


@pytest.mark.parametrize("sql, said", [
    ("UPDATE item SET first_seen_at = 'yesterday' WHERE id = 5", "values of item.first_seen_at are no whole numbers (1)"),
    ("UPDATE article SET text = x'00' WHERE item_id IN (SELECT item_id FROM article LIMIT 2)",
     "values of article.text are no texts (2)"),
    ("UPDATE item SET state = 'odd' WHERE id = 5", "rows of item are against the rule state = 'pending' OR"),
    ("DELETE FROM item WHERE id = 5", "rows of article refer to rows of item that are not there (1)"),
    ("DROP TABLE sighting", "the table sighting is not there"),
    ("DROP INDEX item_published", "the index item_published is not there"),
    ("DELETE FROM item_fts_data WHERE id > 10", "the full-text index cannot be read"),
])
def test_the_check_names_it_and_recover_mends_it(home, library, sql, said):
    with without_rules(home.store) as db:
        db.execute("PRAGMA foreign_keys = OFF")
        db.execute(sql)
    done = home.diurna("check", "--store", "--quiet")
    assert done.returncode == 65 and said in done.stdout, done.stdout
    assert "is damaged; 'diurna recover' makes" in done.stdout
    assert home.diurna("recover").returncode == 0
    done = home.diurna("check", "--store")
    assert done.returncode == 0 and "is whole" in done.stdout, done.stdout


def test_whatever_the_check_wants_is_mended(home, library):
    """All that should hold between rows, broken at once, of an item each."""
    broken = {
        "UPDATE item SET state = 'pending', page_state = 'none' WHERE id = 5": "items are pending, but wait for no page",
        "DELETE FROM arrival WHERE item_id = 6": "items are ready, but have not arrived",
        "INSERT INTO arrival (item_id, kind, at) SELECT item_id, 0, at FROM arrival WHERE item_id = 7":
            "items arrived as new more than once",
        "DELETE FROM sighting WHERE item_id = 8": "items were shown by no feed",
        "UPDATE item SET seq = NULL WHERE id = 9": "items have no number among the arrivals",
        "UPDATE item SET seq = -5 WHERE id = 10": "items have the number of another arrival",
        "UPDATE item SET state = 'dropped' WHERE id = 11": "items were dropped, and have arrived",
        "UPDATE article SET html = NULL, markup = '[\"<p>' WHERE item_id = 12":
            "articles have markup that makes no HTML of their text",
        "INSERT OR REPLACE INTO item_body (item_id, summary_markup) VALUES (13, 'http://[::1')":
            "entries have markup that makes no HTML of their article's text",
        "INSERT OR REPLACE INTO item_body (item_id, content, content_markup) VALUES (14, '<p>', '[]')":
            "entries have markup that makes no HTML of their article's text",
        "UPDATE item SET has_body = 0 WHERE id = 15": "items have a text and are said not to",
        "UPDATE item SET has_body = 1 WHERE id = 16": "items were printed by editions that do not hold their texts",
        "UPDATE item SET story_id = 99999 WHERE id = 17": "items are in a story that is not there",
        "INSERT INTO item_alias SELECT canonical, 19 FROM item WHERE id = 18": "canonical URLs stand for two items",
    }
    with without_rules(home.store) as db:
        for sql in broken:
            assert db.execute(sql).rowcount > 0, sql
    said = home.diurna("check", "--store", "--quiet").stdout
    assert [sentence for sentence in broken.values() if sentence not in said] == []
    assert home.diurna("recover").returncode == 0
    done = home.diurna("check", "--store")
    assert done.returncode == 0 and "is whole" in done.stdout, done.stdout


def test_a_newer_store_is_not_made_older(home, library):
    with opened(home.store) as db:
        db.execute("PRAGMA user_version = 99")
    done = home.diurna("recover")
    assert done.returncode != 0 and "made by a newer diurna" in done.stderr
    assert home.sql("PRAGMA user_version") == [(99,)]
    # A number that no version will have is damage.
    with opened(home.store) as db:
        db.execute("PRAGMA user_version = 33554435")
    assert "cannot be 33554435" in home.diurna("status").stderr
    assert home.diurna("recover").returncode == 0
    assert len(home.texts()) == len(library.texts)


def test_a_sound_store_is_left_alone(home, library):
    with open(home.store, "rb") as file:
        before = file.read()
    done = home.diurna("recover")
    assert done.returncode == 0 and "nothing is wrong" in done.stdout
    with open(home.store, "rb") as file:
        assert file.read() == before
    daemon = home.start()
    daemon.wait_for("diurnad .*: 12 feeds")
    assert home.diurna("recover").returncode == 69
    assert daemon.stop() == 0


def test_a_store_that_is_rubbish_stays(home):
    home.configure({"All": ["http://press01.example/feed"]}, **OPTIONS)
    with open(home.store, "wb") as file:
        file.write(b"rubbish" * 10000)
    assert home.diurnad("--once").returncode != 0
    done = home.diurna("recover")
    assert done.returncode == 65 and home.store in done.stderr
    with open(home.store, "rb") as file:
        assert file.read() == b"rubbish" * 10000
    left = {n for n in os.listdir(home.directory) if n.startswith("store.db")}
    assert left <= {"store.db"}
