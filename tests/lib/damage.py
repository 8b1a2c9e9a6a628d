"""A store is damaged as a disk, a bad program or a hand with SQL may do it, each time in another way.

Every way is a function of a home and a random.Random; what it did is told in a word or two.
"""

import contextlib
import os
import re
import sqlite3

HUGE = 1 << 17

# What no column expects.
WRONG = [None, "", "word", "1e999", "-1", b"\xff\xfe\x00", b"", "\x00", "a\x00b", "\x1b[31mred\n\tand more",
         -1, 0, 1, 2**31, 2**53, 2**63 - 1, -2**63, 0.5, 1e308, -1e308, float("inf"),
         "x" * HUGE, b"\x80" * HUGE, "[" * 5000, '{"a":', "[1,null,{}]", "http://[::1", "9999-99-99", "%s%n%08x"]


@contextlib.contextmanager
def opened(path):
    db = sqlite3.connect(path, isolation_level=None)
    try:
        yield db
    finally:
        db.close()


def tables(db):
    return [name for name, in db.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql LIKE 'CREATE TABLE%' "
        "AND name NOT LIKE 'sqlite%' ORDER BY name")]


def checkpoint(path):
    with opened(path) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")


@contextlib.contextmanager
def without_rules(path):
    """Tables without NOT NULL, CHECK and REFERENCES for a while; afterwards they say so again."""
    with opened(path) as db:
        before = db.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND sql IS NOT NULL").fetchall()
        db.execute("PRAGMA writable_schema = ON")
        for name, sql in before:
            if sql.startswith("CREATE TABLE"):
                sql = re.sub(r"(?<!PRIMARY KEY )NOT NULL", "", sql)
                sql = re.sub(r"REFERENCES \w+ \(\w+\)( ON DELETE CASCADE)?", "", sql)
                db.execute("UPDATE sqlite_schema SET sql = ? WHERE name = ?", (sql, name))
    with opened(path) as db:
        db.execute("PRAGMA ignore_check_constraints = ON")
        yield db
    with opened(path) as db:
        db.execute("PRAGMA writable_schema = ON")
        for name, sql in before:
            db.execute("UPDATE sqlite_schema SET sql = ? WHERE name = ?", (sql, name))


def fill_empty(path):
    """A row in each table that a quiet store leaves empty, so that there is something to damage."""
    with without_rules(path) as db:
        for table in tables(db):
            if db.execute('SELECT EXISTS (SELECT 1 FROM "%s")' % table).fetchone()[0]:
                continue
            names, values = [], []
            for _, name, kind, _, default, key in db.execute('PRAGMA table_info("%s")' % table):
                if default is None:
                    names.append(name)
                    values.append(1 if kind == "INTEGER" else 1.5 if kind == "REAL" else
                                  b"\x01" * 16 if kind == "BLOB" else
                                  "http://press01.example/feed" if "url" in name else
                                  {"state": "waiting", "reason": "first", "kind": "late"}.get(name, "word"))
            db.execute('INSERT INTO "%s" (%s) VALUES (%s)' % (
                table, ", ".join('"%s"' % n for n in names), ", ".join("?" * len(names))), values)


def one_value(home, chance, many=False):
    """Values that do not belong into a column: in one row, or in all."""
    with without_rules(home.store) as db:
        table = chance.choice(tables(db))
        columns = [row[1] for row in db.execute('PRAGMA table_info("%s")' % table)]
        column = chance.choice(columns)
        wrong = chance.choice(WRONG)
        rows = '"%s" IN (SELECT "%s" FROM "%s" LIMIT 1 OFFSET %d)' % (
            columns[0], columns[0], table,
            chance.randrange(1 + db.execute('SELECT count(*) FROM "%s"' % table).fetchone()[0]))
        try:
            db.execute('UPDATE OR IGNORE "%s" SET "%s" = ? WHERE %s' % (table, column, "1" if many else rows), (wrong,))
        except sqlite3.Error as error:  # a key that takes no such thing
            return "%s.%s refused: %s" % (table, column, error)
        return "%s.%s = %.30r%s" % (table, column, wrong, " everywhere" if many else "")


def all_values(home, chance):
    return one_value(home, chance, many=True)


def many_values(home, chance):
    return "; ".join(one_value(home, chance, many=chance.random() < 0.3) for _ in range(chance.randrange(3, 12)))


def rows_gone(home, chance):
    with without_rules(home.store) as db:
        table = chance.choice(tables(db))
        key = db.execute('PRAGMA table_info("%s")' % table).fetchone()[1]
        keys = [row[0] for row in db.execute('SELECT DISTINCT "%s" FROM "%s"' % (key, table))]
        for gone in chance.sample(keys, chance.randrange(len(keys) + 1)):
            db.execute('DELETE FROM "%s" WHERE "%s" IS ?' % (table, key), (gone,))
        return "rows of %s gone" % table


def schema_changed(home, chance):
    with opened(home.store) as db:
        db.execute("PRAGMA foreign_keys = OFF")
        name, kind = chance.choice(db.execute(
            "SELECT name, type FROM sqlite_schema WHERE type IN ('table', 'view', 'index') AND sql IS NOT NULL "
            "AND name NOT LIKE 'item_fts_%' ORDER BY name").fetchall())
        change = chance.choice({
            "table": ["DROP TABLE \"%s\"", "ALTER TABLE \"%s\" RENAME TO other",
                      "ALTER TABLE \"%s\" ADD COLUMN more TEXT",
                      "DROP TABLE \"%s\"; CREATE TABLE \"%s\" (a, b)",
                      "DROP TABLE \"%s\"; CREATE VIEW \"%s\" AS SELECT 1 AS id",
                      "CREATE TRIGGER t AFTER INSERT ON \"%s\" BEGIN SELECT RAISE(FAIL, 'no'); END"],
            "view": ["DROP VIEW \"%s\"", "DROP VIEW \"%s\"; CREATE VIEW \"%s\" AS SELECT NULL AS id",
                     "DROP VIEW \"%s\"; CREATE VIEW \"%s\" AS WITH RECURSIVE n(id) AS "
                     "(SELECT 1 UNION ALL SELECT id + 1 FROM n) SELECT * FROM n LIMIT 100000",
                     "DROP VIEW \"%s\"; CREATE VIEW \"%s\" AS SELECT no_such_function(1) AS id"],
            "index": ["DROP INDEX \"%s\""],
        }[kind])
        sql = change.replace("%s", name)
        try:
            db.executescript(sql)
        except sqlite3.Error as error:
            return "%s refused: %s" % (sql, error)
        return sql


def schema_wrong(home, chance):
    with opened(home.store) as db:
        name, = chance.choice(db.execute("SELECT name FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name").fetchall())
        db.execute("PRAGMA writable_schema = ON")
        change = chance.choice(["sql = 'rubbish'", "sql = NULL", "rootpage = 1", "rootpage = 99999999", "rootpage = 3",
                                "rootpage = -1", "name = 'other'", "tbl_name = 'feed'", "type = 'index'",
                                "sql = replace(sql, 'TEXT', 'INTEGER')", "sql = replace(sql, ') WITHOUT ROWID', ')')"])
        db.execute("UPDATE sqlite_schema SET %s WHERE name = ?" % change, (name,))
        return "sqlite_schema: %s of %s" % (change, name)


def numbers_wrong(home, chance):
    pragma = "%s = %d" % (chance.choice(["user_version", "application_id", "schema_version"]),
                          chance.choice([0, 1, 2, -1, 99, 2**31 - 1]))
    with opened(home.store) as db:
        db.execute("PRAGMA " + pragma)
    return pragma


def _bytes(home, change, *args):
    path = home.store
    with open(path, "rb") as file:
        data = bytearray(file.read())
    size = int.from_bytes(data[16:18], "big")
    said = change(data, size, *args)
    with open(path, "wb") as file:
        file.write(data)
    return said


def bits_turned(home, chance):
    def change(data, size):
        count = chance.choice([1, 10, 100, 1000, 10000])
        for _ in range(count):
            data[chance.randrange(100, len(data))] ^= 1 << chance.randrange(8)
        return "%d bits" % count
    return _bytes(home, change)


def header_wrong(home, chance):
    def change(data, size):
        at = chance.randrange(16, 100)
        data[at] = chance.randrange(256)
        return "byte %d of the header" % at
    return _bytes(home, change)


def pages_wrong(home, chance):
    def change(data, size):
        pages, count = len(data) // size, chance.choice([1, 1, 2, 5, 20])
        how = chance.choice(["zero", "rubbish", "another's", "half"])
        for _ in range(count):
            at, other = (chance.randrange(1, pages) * size for _ in range(2))
            data[at:at + size] = {"zero": bytes(size), "rubbish": chance.randbytes(size),
                                  "another's": data[other:other + size],
                                  "half": data[at:at + size // 2] + bytes(size - size // 2)}[how]
        return "%d pages %s" % (count, how)
    return _bytes(home, change)


def first_page(home, chance):
    def change(data, size):
        begin = chance.choice([0, 16, 100])
        data[begin:size] = chance.choice([bytes(size - begin), chance.randbytes(size - begin)])
        return "first page from byte %d" % begin
    return _bytes(home, change)


def cut_short(home, chance):
    size = os.path.getsize(home.store)
    left = chance.choice([0, 1, 99, 100, 512, 2048, size // 2, size - 1, chance.randrange(size)])
    os.truncate(home.store, left)
    return "cut to %d of %d bytes" % (left, size)


def log_wrong(home, chance):
    """A log (WAL) beside the store that is rubbish, or another's."""
    with open(home.store, "rb") as file:
        begin = file.read(8192)
    with open(home.store + "-wal", "wb") as file:
        file.write(chance.choice([b"", b"rubbish" * 1000, begin, b"\x37\x7f\x06\x82" + chance.randbytes(5000)]))
    return "log"


WAYS = [one_value, bits_turned, schema_changed, pages_wrong, many_values, cut_short,  # the short form
        all_values, header_wrong, rows_gone, schema_wrong, one_value, first_page, log_wrong, numbers_wrong, many_values,
        all_values, pages_wrong, one_value]
