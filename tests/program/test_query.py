"""query and show: which items, harmless in every format, each once to each reader."""

import contextlib
import json
import os
import select
import sqlite3
import subprocess

import diurna as diurna_module
from sites import Page


def lines(done, code=0):
    assert done.returncode == code, (done.returncode, done.stdout, done.stderr)
    return done.stdout.splitlines()


def test_query_formats_are_harmless(paper):
    rows = lines(paper.diurna("query", "--format", "tsv"))
    assert rows[0].split("\t")[:2] == ["id", "arrived"]
    assert len(rows) == 3
    assert all(len(row.split("\t")) == len(rows[0].split("\t")) for row in rows)
    assert any("\t'=2+3\t" in row for row in rows)
    assert all("\t'=Hostile" in row for row in rows[1:])
    everything = "".join(paper.diurna("query", "--format", f).stdout
                         for f in ("table", "tsv", "urls", "markdown"))
    assert not any(c in everything for c in "\x1b\x07\x9b\u202e\r")
    assert sorted(lines(paper.diurna("query", "--format", "urls"))) == [
        "http://a.example/1", "http://a.example/2"]
    assert all(row.startswith("- [") for row in lines(paper.diurna("query", "--format", "markdown")))


def test_query_json_and_fields(paper):
    items = [json.loads(x) for x in lines(paper.diurna("query", "--format", "json"))]
    assert {i["section"] for i in items} == {"Europe"}
    assert "text" not in items[0] and items[0]["arrived"].endswith("Z")
    named = json.loads(lines(paper.diurna("query", "--format", "json", "--fields", "id,text"))[0])
    assert set(named) == {"id", "text"}
    wrong = paper.diurna("query", "--fields", "id,titel")
    assert wrong.returncode == 64 and "did you mean 'title'?" in wrong.stderr


def test_query_conditions(paper):
    def count(*options):
        done = paper.diurna("query", "--format", "urls", *options)
        assert done.returncode == (0 if done.stdout else 1), done.stderr
        return len(done.stdout.splitlines())
    assert count("--match", "harbour*") == 1
    assert count("--match", "zebra") == 0
    assert count("--section", "europe") == 2
    assert count("--since", "1h") == 2
    assert count("--until", "yesterday") == 0
    assert count("--limit", "1") == 1
    assert count("--feed", "hostile") == 2


def test_query_says_what_was_meant(paper):
    for options, words in ((("--section", "Europ"), "Europe"), (("--since", "soon"), "yesterday"),
                           (("--match", '"open'), ""), (("--limit", "0"), "number"),
                           (("--new-for", "a b"), "letters"), (("--format", "jsn"), "json")):
        done = paper.diurna("query", *options)
        assert done.returncode == 64, (options, done)
        assert words in done.stderr and done.stdout == ""


def test_a_reader_gets_every_item_once(paper):
    def new(*options, name="script", code=0):
        return lines(paper.diurna("query", "--format", "urls", "--new-for", name, *options), code)
    assert len(new("--peek")) == 2
    first = new("--limit", "1")
    second = new()
    assert sorted(first + second) == ["http://a.example/1", "http://a.example/2"]
    assert new(code=1) == []
    assert len(new(name="another")) == 2


def test_a_reader_that_fails_gets_the_items_again(paper):
    with open("/dev/full", "w", encoding="ascii") as full:
        done = subprocess.run(
            [diurna_module.program("diurna"), "--config", paper.config, "query", "--format", "urls",
             "--new-for", "script"], env=paper.env, stdout=full, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 74
    assert len(lines(paper.diurna("query", "--format", "urls", "--new-for", "script"))) == 2


def test_show(paper):
    ids = lines(paper.diurna("query", "--format", "tsv", "--fields", "id", "--match", "harbour"))[1:]
    text = paper.diurna("show", *ids).stdout
    assert "The harbour was quiet" in text and "http://a.example/1" in text
    assert "\u202e" not in text
    item = json.loads(lines(paper.diurna("show", "--format", "json", *ids))[0])
    assert item["sightings"][0]["guid"] == "1" and "<p>" in item["html"]
    page = paper.diurna("show", "--format", "html", *ids).stdout
    assert page.startswith("<!DOCTYPE html>") and "Content-Security-Policy" in page
    assert paper.diurna("show", "4711").returncode == 1
    assert paper.diurna("show", "x").returncode == 64


def test_atom_is_read_back(paper, tmp_path):
    done = paper.diurna("query", "--format", "atom")
    assert done.returncode == 0 and "\u202e" not in done.stdout and "\x9b" not in done.stdout
    file = tmp_path / "query.atom"
    file.write_text(done.stdout, encoding="utf-8")
    feed = json.loads(paper.diurna("parse", str(file)).stdout)
    assert feed["format"] == "atom10" and "warnings" not in feed
    assert {i["id"] for i in feed["items"]} == {"http://a.example/1", "http://a.example/2"}
    assert all("<p>" in i["content"] and i["updated"].endswith("Z") for i in feed["items"])


def test_cursors_are_listed_moved_and_removed(paper):
    def listed(code=0):
        return [json.loads(x) for x in lines(paper.diurna("cursors", "--format", "json"), code)]
    assert listed(1) == []
    lines(paper.diurna("query", "--format", "urls", "--new-for", "mail", "--limit", "1"))
    (mail,) = listed()
    assert (mail["name"], mail["seq"], mail["waiting"]) == ("mail", 1, 1) and mail["moved"]
    assert paper.diurna("cursors", "--set", "mail", "now").returncode == 0
    assert listed()[0]["waiting"] == 0
    assert paper.diurna("cursors", "--set", "mail", "start").returncode == 0
    assert len(lines(paper.diurna("query", "--format", "urls", "--new-for", "mail"))) == 2
    assert "mail" in paper.diurna("cursors").stdout
    assert paper.diurna("cursors", "--remove", "mail").returncode == 0
    assert paper.diurna("cursors", "--remove", "mail").returncode == 1
    for wrong in (("--set", "mail"), ("--set", "mail", "soon"), ("--remove", "a b"), ("x",)):
        assert paper.diurna("cursors", *wrong).returncode == 64


def test_rules_are_counted_and_told(home, web):
    feed = ('<rss version="2.0"><channel><title>F</title><link>http://r.example/</link>%s</channel></rss>'
            % "".join('<item><title>%s</title><link>http://r.example/%d</link><description>text</description>'
                      "</item>" % (title, n) for n, title in
                      enumerate(("Sponsored soap", "Sponsored harbour", "A harbour"))))
    web.put("r.example", "/feed", Page(feed.encode(), type="application/rss+xml"))
    home.configure({"All": ["http://r.example/feed"]})
    with open(home.config, "a", encoding="utf-8") as file:
        file.write('feed "http://r.example/feed" { fulltext = false }\n'
                   'rule "sea" { action = star\n title = "harbour" }\n'
                   'rule "ads" { action = drop\n title = "sponsored" }\n'
                   'rule "idle" { action = keep\n author = "nobody" }\n')
    home.once()
    rules = {r["name"]: r for r in map(json.loads, lines(home.diurna("rules", "--format", "json")))}
    assert {n: r["hits"] for n, r in rules.items()} == {"sea": 2, "ads": 2, "idle": 0}
    assert rules["ads"]["title"] == "sponsored" and "last" in rules["ads"] and "last" not in rules["idle"]
    assert "sponsored" in home.diurna("rules").stdout
    dropped = [json.loads(x) for x in lines(home.diurna("query", "--dropped", "--format", "json"))]
    assert {d["title"] for d in dropped} == {"Sponsored soap", "Sponsored harbour"}
    both = [d["id"] for d in dropped if "harbour" in d["title"]]
    assert "Dropped by: sea, ads" in home.diurna("show", str(both[0])).stdout
    found = lines(home.diurna("query", "--dropped", "--match", "soap", "--format", "urls"))
    assert found == ["http://r.example/0"]


def test_a_command_that_fails_gets_the_items_again(paper, tmp_path):
    def run(command):
        return paper.diurna("query", "--format", "urls", "--new-for", "script", "--exec", command)
    failed = run("cat; exit 3")
    assert failed.returncode == 75 and "failed with 3" in failed.stderr and failed.stdout.count("http") == 2
    assert run("kill -9 $$").returncode == 75
    assert run("cat >'%s'" % (tmp_path / "out")).returncode == 0
    assert (tmp_path / "out").read_text().count("http") == 2
    untouched = run("touch '%s'" % (tmp_path / "none"))
    assert untouched.returncode == 1 and not (tmp_path / "none").exists()
    assert paper.diurna("query", "--exec", "cat").returncode == 64


def test_a_reader_that_leaves_gets_the_items_again(paper):
    with subprocess.Popen(
            [diurna_module.program("diurna"), "--config", paper.config, "query", "--format", "urls",
             "--new-for", "script"], env=paper.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        # It has written all, and nobody has read it.
        diurna_module.wait_until(lambda: process.poll() is None and select.select([process.stdout], [], [], 0)[0],
                                 "the output")
        process.stdout.close()
        assert process.wait(60) == 74 and b"come again" in process.stderr.read()
    assert len(lines(paper.diurna("query", "--format", "urls", "--new-for", "script"))) == 2


def test_items_are_starred_and_labelled(paper):
    def found(*options, code=0):
        return [int(json.loads(line)["id"]) for line in lines(paper.diurna("query", "--format", "json", *options), code)]

    assert lines(paper.diurna("mark", "--star", "--label", "To read", "--label", "Käse", "1")) == []
    assert lines(paper.diurna("mark", "--label=To read", "--read", "1", "2")) == []
    assert found("--label", "To read") == [2, 1] and found("--label", "Käse") == [1] == found("--starred")
    item = json.loads(lines(paper.diurna("show", "--format", "json", "1"))[0])
    assert item["labels"] == ["Käse", "To read"] and item["starred"] is True
    assert lines(paper.diurna("query", "--label", "Käse", "--format", "tsv", "--fields", "id,labels"))[1] == "1\tKäse, To read"
    shown = paper.diurna("show", "1").stdout
    assert "Labels: Käse, To read\n" in shown and "Starred: yes\n" in shown
    assert "its text stays: it is starred and labelled Käse, To read" in " ".join(paper.diurna("explain", "1").stdout.split())
    assert paper.sql("SELECT labels FROM v_item ORDER BY id") == [('["Käse","To read"]',), ('["To read"]',)]
    listed = [json.loads(line) for line in lines(paper.diurna("labels", "--format", "json"))]
    assert [(one["label"], one["items"], one["unread"]) for one in listed] == [("Käse", 1, 0), ("To read", 2, 0)]
    assert "2 items have \"Later\" now." in paper.diurna("labels", "--rename", "To read", "Later").stderr
    assert [line.split()[:3] for line in lines(paper.diurna("labels"))] == [
        ["label", "items", "unread"], ["Käse", "1", "0"], ["Later", "2", "0"]]
    assert lines(paper.diurna("mark", "--unstar", "--unlabel", "Later", "--unread", "1")) == []
    assert found("--label", "Later") == [2] and found("--starred", code=1) == []
    assert paper.sql("SELECT item_id FROM read_mark") == [(2,)]
    assert "1 item has lost it." in paper.diurna("labels", "--remove", "Later").stderr
    assert found("--label", "Later", code=1) == []
    # All of them or none.
    done = paper.diurna("mark", "--star", "1", "4711")
    assert done.returncode == 1 and "there is no item 4711, and nothing was marked" in done.stderr
    assert found("--starred", code=1) == []
    assert paper.diurna("check", "--store", "--quiet").stdout == ""


def test_marks_are_made_beside_the_daemon_and_kept_in_a_copy(paper, tmp_path):
    paper.start()
    assert paper.diurna("mark", "--label", "Later", "2").returncode == 0
    copy = str(tmp_path / "copy.db")
    assert paper.diurna("backup", copy).returncode == 0
    with contextlib.closing(sqlite3.connect(copy)) as db:
        assert db.execute("SELECT label, item_id FROM item_label").fetchall() == [("Later", 2)]


def test_a_store_that_cannot_be_written_says_so(paper):
    with contextlib.closing(sqlite3.connect(paper.store)) as db, db:
        db.execute("CREATE TRIGGER no BEFORE UPDATE OF starred ON item BEGIN SELECT RAISE(ABORT, 'no room'); END")
    done = paper.diurna("mark", "--label", "Later", "--star", "1")
    assert done.returncode == 77 and paper.store in done.stderr, done
    assert "cannot be written: no room; nothing was changed" in done.stderr
    assert paper.sql("SELECT count(*) FROM item_label") == [(0,)]


def test_rules_that_contradict_and_odd_ones(home, web):
    """In the order of the file; star and section go on, keep and drop end it; Unicode; parts of names."""
    titles = ["Плавание", "ÇA VA", "Harbour (open)", "Harbour closed", "Kept harbour", "[x]* .+ \\d"]
    feed = ('<rss version="2.0"><channel><title>Überblick &amp; Meer</title><link>http://r.example/</link>'
            '<language>fil</language>%s</channel></rss>'
            % "".join("<item><title>%s</title><link>http://r.example/%d</link><category>Ñandú</category>"
                      "<description>text %d</description></item>" % (title, n, n) for n, title in enumerate(titles)))
    web.put("r.example", "/feed", Page(feed.encode(), type="application/rss+xml"))
    home.configure({"All": ["http://r.example/feed"], "Übersee": []})
    with open(home.config, "a", encoding="utf-8") as file:
        file.write('feed "http://r.example/feed" { fulltext = false }\n')
        for name, options in (
                ("cyrillic", 'action = star\n title = "пЛАВ"'),
                ("finnish", 'action = drop\n language = "fi"'),
                ("other feed", 'action = drop\n feed = "http://r.example/fee"'),
                ("kept", 'action = keep\n title = "kept"'),
                ("moved", 'action = section\n section = "Übersee"\n feed = "ÜBERBLICK"\n title = "harbour"'),
                ("moved back", 'action = section\n section = "All"\n in-section = "Übersee"\n title = "closed"'),
                ("brackets", 'action = drop\n title = "(open)"\n text = "(harbour OR port) open -closed"'),
                ("after the drop", 'action = star\n title = "(open)"'),
                ("no pattern", 'action = star\n title = ".*"'),
                ("as it stands", 'action = star\n title = "[x]*"\n category = "ñandú"\n language = "FIL"'),
                ("broken", 'action = drop\n text = "NOT text"')):
            file.write('rule "%s" {\n %s\n}\n' % (name, options))
    done = home.once()
    assert 'text "NOT text" is no full-text query: NOT and - stand before' in done.stderr
    assert "NOT text" in home.diurna("check").stdout
    acted = {row[0]: row[1:] for row in home.sql(
        "SELECT title, (SELECT rule FROM item WHERE id = v_item.id), section, starred, state FROM v_item")}
    assert acted == {
        "Плавание": ("cyrillic", "All", 1, "ready"), "ÇA VA": (None, "All", 0, "ready"),
        "Harbour (open)": ("moved, brackets", "Übersee", 0, "dropped"),
        "Harbour closed": ("moved, moved back", "All", 0, "ready"),
        "Kept harbour": ("kept", "All", 0, "ready"),
        "[x]* .+ \\d": ("as it stands", "All", 1, "ready")}
    hits = {r["name"]: r["hits"] for r in map(json.loads, lines(home.diurna("rules", "--format", "json")))}
    assert hits["moved"] == 2 and hits["broken"] == hits["finnish"] == hits["other feed"] == 0


def test_follow_goes_on_while_the_daemon_starts_anew(home, web):
    def put(*numbers):
        web.put("f.example", "/feed", Page(
            ('<rss version="2.0"><channel><title>F</title><link>http://f.example/</link>%s</channel></rss>' % "".join(
                "<item><title>Report %d</title><link>http://f.example/%d</link><guid>%d</guid></item>" % (n, n, n)
                for n in numbers)).encode(), type="application/rss+xml"))
    put(1)
    home.configure({"All": ["http://f.example/feed"]})
    with open(home.config, "a", encoding="utf-8") as file:
        file.write('feed "http://f.example/feed" { fulltext = false }\n')
    home.once()
    with subprocess.Popen(
            [diurna_module.program("diurna"), "--config", home.config, "query", "--format", "urls", "--follow"],
            env=home.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as follower:
        try:
            seen = [follower.stdout.readline()]
            for n in (2, 3):
                daemon = home.start()
                daemon.wait_for("confined")
                put(n)
                assert home.diurna("poll", "--force", "http://f.example/feed").returncode == 0
                daemon.stop()
                seen.append(follower.stdout.readline())
            assert seen == ["http://f.example/%d\n" % n for n in (1, 2, 3)]
            # Another store comes in the place of this one.
            assert home.diurna("backup", home.path("copy.db")).returncode == 0
            os.rename(home.path("copy.db"), home.store)
            assert follower.wait(60) == 75 and "replaced by another one" in follower.stderr.read()
        finally:
            follower.kill()


def test_a_reader_is_not_put_where_nothing_has_arrived(paper):
    done = paper.diurna("cursors", "--set", "mail", "3")
    assert done.returncode == 64 and "there is no arrival 3 yet, the last is 2" in done.stderr
    assert paper.diurna("cursors", "--set", "mail", "2").returncode == 0
    for wrong in (("--new-for", "mail"), ("--follow", "--format", "urls")):
        done = paper.diurna("query", "--sort", "relevance", *wrong)
        assert done.returncode == 64 and "list the oldest first" in done.stderr


def test_two_runs_of_a_reader_at_once(paper):
    """One of them moves on; the other says that its items may come again."""
    command = [diurna_module.program("diurna"), "--config", paper.config, "query", "--format", "urls", "--new-for", "x"]
    with open(paper.path("out"), "wb") as out:
        runs = [subprocess.Popen(command, env=paper.env, stdout=out, stderr=subprocess.PIPE, text=True)
                for _ in range(4)]
        said = [run.communicate(timeout=60)[1] for run in runs]
    codes = [run.returncode for run in runs]
    assert codes.count(0) == 1 and set(codes) <= {0, 1, 75}, codes
    assert all("moved on meanwhile" in text for text, code in zip(said, codes) if code == 75)
    with open(paper.path("out"), encoding="utf-8") as out:
        assert set(out.read().split()) == {"http://a.example/1", "http://a.example/2"}
