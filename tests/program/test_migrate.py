"""A store of an older version: the command says so, the daemon brings it forward, nothing is lost."""

import os
import pathlib
import sqlite3

VERSION_1 = pathlib.Path(__file__).resolve().parents[1] / "store" / "version-1.sql"


def test_a_store_of_version_1(home):
    home.configure({"News": ["http://a.example/feed"]})
    path = home.path("store.db")
    db = sqlite3.connect(path)
    db.executescript(VERSION_1.read_text(encoding="utf-8"))
    db.executescript("PRAGMA application_id = %d; PRAGMA user_version = 1; PRAGMA journal_mode = WAL"
                     % 0x6469726E)
    db.close()
    old = home.diurna("query")
    assert old.returncode == 65 and "diurnad brings it forward" in old.stderr
    done = home.once()
    assert "version 1, brought forward to 6" in done.stderr
    assert home.sql("PRAGMA user_version") == [(6,)]
    assert os.path.exists(path + ".version-1")
    assert home.diurna("check", "--store", "--quiet").stdout == ""
    found = home.diurna("query", "--match", "wachst", "--format", "tsv", "--fields", "id,title").stdout
    assert found.splitlines()[1:] == ["1\tGrün ist die Hoffnung"]
    assert home.diurna("query", "--dropped", "--format", "tsv", "--fields", "title").stdout.split() == [
        "title", "Second"]
    assert home.diurna("show", "--revisions", "1").stdout.count("wächst") >= 1
