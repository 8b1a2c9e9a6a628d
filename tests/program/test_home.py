"""The first minutes and the looking around: init, log, explain, completion."""

import contextlib
import json
import os
import shutil
import sqlite3
import subprocess

import pytest

from diurna import SOURCE, block, program
from sites import Page

FEED = """<rss version="2.0"><channel><title>Harbour News</title><link>http://a.example/</link>%s</channel></rss>"""
ITEM = """<item><title>%s</title><link>http://a.example/%d</link><guid>%d</guid><category>%s</category>
<description>&lt;p&gt;%s&lt;/p&gt;</description></item>"""


def feed(*items):
    return Page((FEED % "".join(ITEM % (t, n, n, c, x) for n, (t, c, x) in enumerate(items))).encode(),
                type="application/rss+xml")


def test_init_writes_what_check_accepts(home):
    home.config = home.path("new", "folder", "diurna.conf")
    done = home.diurna("init", "--user", "--at", "07:15", "--timezone", "Europe/Paris", "--name", 'A "paper"')
    assert done.returncode == 0, done.stderr
    assert home.config in done.stdout
    text = open(home.config, encoding="utf-8").read()
    assert 'at = "07:15"' in text and 'name = "A \\"paper\\""' in text
    assert os.path.exists(home.path("new", "folder", "subscriptions.opml"))
    checked = home.diurna("check")
    assert checked.returncode == 0, checked.stdout
    again = home.diurna("init")
    assert again.returncode == 73 and "--replace" in again.stderr
    assert home.diurna("init", "--replace").returncode == 0
    assert "07:15" in open(home.config + "~", encoding="utf-8").read()


def test_the_systems_configuration_can_be_read_by_the_daemon(home):
    home.config = home.path("etc", "diurna.conf")
    done = subprocess.run(["sh", "-c", 'umask 077; exec "$@"', "sh", program("diurna"), "--config", home.config,
                           "init", "--system", "--yes"], env=home.env, stdout=subprocess.DEVNULL)
    assert done.returncode == 0
    assert os.stat(home.config).st_mode & 0o777 == 0o644
    assert os.stat(home.path("etc")).st_mode & 0o777 == 0o755


def test_init_takes_feeds_of_another_reader_and_prints(home):
    """All of it in one command, as a script would: a list goes in, a paper comes out."""
    with open(home.path("my urls"), "w", encoding="utf-8") as file:
        file.write("# none yet\n")
    done = home.diurna("init", "--user", "--feeds", home.path("my urls"), "--start")
    # The list is empty, which is said; the configuration is there all the same.
    assert done.returncode == 65 and "no feeds are in it" in done.stderr
    assert os.path.exists(home.config)


@pytest.mark.parametrize("wrong, said", [
    (["--at", "25:00"], '--at "25:00" is no time of day; 06:30 is one'),
    (["--timezone", "Paris"], '--timezone "Paris" is not known; Europe/Paris is one'),
])
def test_init_says_what_is_wrong_before_it_writes(home, wrong, said):
    done = home.diurna("init", "--user", *wrong)
    assert done.returncode == 64 and said in done.stderr
    assert not os.path.exists(home.config)


def test_log(home, web):
    web.put("a.example", "/feed", feed(("One", "x", "Text.")), Page("gone for lunch", status=503))
    home.configure({"Europe": ["http://a.example/feed"]})
    home.once()
    home.once("--force")
    done = home.diurna("log", "--format", "json", "harbour")
    polls = [json.loads(line) for line in done.stdout.splitlines()]
    assert sorted((p["outcome"], p.get("http_status")) for p in polls) == [("http-error", 503), ("ok", 200)]
    table = home.diurna("log", "1").stdout
    assert table.splitlines()[0] == "Harbour News" and "next poll in" in table
    wrong = home.diurna("log", "http://a.example/fed")
    assert wrong.returncode == 1 and "did you mean http://a.example/feed?" in wrong.stderr


def test_explain(home, web):
    web.put("a.example", "/feed", feed(
        ("By feed", "misc", "Nothing of note happened."), ("By words", "misc", "A typhoon came near."),
        ("By category", "Sports", "They ran."), ("An advert", "misc", "Buy now."),
        ("Moved", "misc", "The mayor spoke.")))
    home.configure({"Home": ["http://a.example/feed"]})
    text = open(home.config, encoding="utf-8").read()
    text = text.replace('section "Home"', block('section "Storms"', {"match": "typhoon"}) +
                        block('section "Games"', {"categories": ["sports"]}) + 'section "Home"')
    home.write_config(text + block('feed "http://a.example/feed"', {"fulltext": False}) +
                      block('rule "adverts"', {"action": "drop", "title": "advert"}) +
                      block('rule "mayor"', {"action": "section", "section": "Games", "text": "mayor"}))
    home.once()
    ids = dict(home.sql("SELECT title, id FROM v_item"))

    def explained(title):
        done = home.diurna("explain", "--format", "json", str(ids[title]))
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    assert '"Home": the section names its feed, Harbour News' == explained("By feed")["section"]
    assert '"Storms": it matches typhoon' == explained("By words")["section"]
    assert '"Games": the section takes the category "sports"' == explained("By category")["section"]
    assert '"Games": rule "mayor" moved it there' == explained("Moved")["section"]
    assert 'none: rule "adverts" dropped it' == explained("An advert")["edition"]
    assert explained("By feed")["edition"].startswith("the next one")
    assert home.diurna("digest", "--close").returncode == 0
    assert "once and for all" in explained("By feed")["edition"]
    assert explained("By feed")["place"].startswith('1 of 1 in "Home"')
    home.write_config(text.replace("typhoon", "hurricane"))
    assert 'today it would go to "Home"' in explained("By words")["section"]
    assert home.diurna("explain", "4711").returncode == 1
    assert home.diurna("explain", "one").returncode == 64


def offered(home, *words):
    done = home.diurna("complete", "--", *words)
    return [line.split("\t")[0] for line in done.stdout.splitlines()], done.returncode


def test_completion_knows_commands_options_and_the_store(paper):
    assert offered(paper, "fee") == (["feeds"], 0)
    assert offered(paper, "feeds", "--f") == (["--format"], 0)
    assert offered(paper, "query", "--format", "j") == (["json"], 0)
    assert offered(paper, "query", "--format=j") == (["--format=json"], 0)
    assert offered(paper, "query", "--section", "") == (["Europe", "Other"], 0)
    assert offered(paper, "log", "http")[0] == ["http://a.example/feed"]
    assert set(offered(paper, "show", "")[0]) == {"1", "2"}
    assert offered(paper, "import", "x") == ([], 3)
    assert offered(paper, "query", "--no")[0] == ["--no-backlog"]


def test_the_last_of_many_feeds_is_completed(paper):
    with contextlib.closing(sqlite3.connect(paper.store)) as db, db:
        db.executemany("INSERT INTO feed (url, title, state) VALUES (?, ?, 'active')",
                       [("http://many.example/%d" % n, "Feed %05d" % n) for n in range(2500)])
    assert offered(paper, "log", "http://many.example/2499") == (["http://many.example/2499"], 0)


def test_every_option_is_completed(paper):
    """What `--help` shows is what is offered."""
    for command in offered(paper, "")[0]:
        if command == "help":
            continue
        options = offered(paper, command, "--")[0]
        assert "--help" in options
        assert len(options) == len(set(options)), command
        if "--format" in options:
            assert offered(paper, command, "--format", "")[0], command


def bash(*words):
    """What bash, without the package bash-completion, puts in the place of the last of these words."""
    return "source %%s/completions/diurna.bash; COMP_WORDS=(diurna %s); COMP_CWORD=%d; _diurna\n" \
        "printf '%%%%s\\n' \"${COMPREPLY[@]}\"" % (" ".join("'%s'" % word for word in words), len(words))


SHELLS = {
    "bash": bash("query", "--section", "E"),
    "fish": "source %s/completions/diurna.fish; complete -C 'diurna query --section E'",
    "zsh": """autoload -Uz compinit; compinit -u -D
compadd() { print -l -- $values }
CURRENT=4; words=(diurna query --section E); source %s/completions/_diurna""",
}


@pytest.mark.parametrize("shell", SHELLS)
def test_shells(paper, shell, tmp_path):
    if not shutil.which(shell):
        pytest.skip("%s is not there" % shell)
    places = tmp_path / "bin"
    places.mkdir()
    os.symlink(program("diurna"), places / "diurna")
    env = {**paper.env, "PATH": "%s:%s" % (places, os.environ["PATH"])}
    done = subprocess.run([shell, "-c", SHELLS[shell] % SOURCE], env=env, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True)
    assert [line.split("\t")[0] for line in done.stdout.splitlines()] == ["Europe"], done.stderr


@pytest.mark.parametrize("words, given", [
    # bash takes colons and equals signs for words: only what is behind them is replaced.
    (("log", "http", ":", "//a.ex"), "//a.example/feed"), (("query", "--section", "=", "E"), "Europe"),
    (("query", "--format", "=", "j"), "json"), (("query", "--section", '"E'), "Europe"), (("fee",), "feeds")])
def test_bash_replaces_what_it_took_for_a_word(paper, words, given, tmp_path):
    os.symlink(program("diurna"), tmp_path / "diurna")
    done = subprocess.run(["bash", "-c", bash(*words) % SOURCE], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          env={**paper.env, "PATH": "%s:%s" % (tmp_path, os.environ["PATH"])})
    assert done.stdout.split() == [given], done.stderr


def test_a_newspaper_of_its_own_lives_in_one_folder(home):
    home.config = home.path("work", "diurna.conf")
    assert home.diurna("init", "--yes", "--no-start").returncode == 0
    assert home.diurna("poll").returncode == 0
    assert sorted(f for f in os.listdir(home.path("work")) if not f.startswith("diurna.db-")) == [
        "diurna.conf", "diurna.db", "subscriptions.opml"]


def test_a_new_person_s_first_paper(home):
    """Where nothing else was ever there: no ~/.local/share, and no variable that says where things are."""
    fresh = home.path("person")
    os.mkdir(fresh)
    home.config = os.path.join(fresh, ".config", "diurna", "diurna.conf")
    env = {k: v for k, v in home.env.items() if not k.startswith("XDG_") and k != "DIURNA_CONFIG"}
    data = os.path.join(fresh, ".local", "share", "diurna")

    def run(name, *args):
        return subprocess.run([program(name), "--config", home.config, *args], env={**env, "HOME": fresh},
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)
    os.makedirs(os.path.dirname(home.config))
    with open(home.config, "w", encoding="utf-8") as file:
        file.write("subscriptions = {}\n")
    assert "ok     folder of the store %s will be made" % data in run("diurna", "check").stdout
    assert not os.path.exists(data)
    done = run("diurnad", "--edition")
    assert done.returncode == 0, done.stderr
    assert os.path.exists(os.path.join(data, "diurna.db"))
