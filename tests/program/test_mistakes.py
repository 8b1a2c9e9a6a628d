"""The mistakes that people make most, and the message each gets.

A message has a subject and a next step: what is wrong, where, and what to do. One line of the table
is one mistake: what is typed, the exit code, and what the message must say, in one piece.
"""

import os
import pathlib
import re

import pytest

from sites import Page

OPML = '<opml version="2.0"><body><outline text="News"><outline xmlUrl="http://a.example/feed"/></outline></body></opml>'

# What is typed; exit code; said.
TYPED = [
    (["qurey"], 64, "there is no command 'qurey'; did you mean 'query'?"),
    (["frobnicate"], 64, "there is no command 'frobnicate'; 'diurna help' lists them"),
    ([], 64, "usage: diurna"),
    (["--section", "Europe"], 64, "there is no option '--section'; options of a command stand behind it"),
    (["query", "--sectoin", "Europe"], 64, "there is no option '--sectoin'; did you mean '--section'?"),
    (["query", "-x"], 64, "there is no option '-x'"),
    (["query", "--section"], 64, "--section needs a value"),
    (["query", "--section", "Europ"], 64, 'did you mean "Europe"?'),
    (["query", "--feed", "hostle"], 64, "there is no such feed: hostle; did you mean \"Hostile\"?"),
    (["query", "--since", "next week"], 64, '--since cannot be "next week"; '),
    (["query", "--since", "today", "--until", "yesterday"], 64, "--since is not before --until; nothing arrived between them"),
    (["query", "--match", '"unclosed'], 64, '--match cannot be ""unclosed": its quotes do not pair up; words, "phrases", AND'),
    (["query", "--feed", ""], 64, 'there is no such feed: ""; '),
    (["query", "--edition", ""], 64, 'there is no such edition: ""; '),
    (["query", "--match", "(" * 300 + "harbour"], 64, '--match cannot be "' + "(" * 80 + '...": its brackets are too deep'),
    (["query", "--match", ""], 64, "--match cannot be empty: there is no word in it; words"),
    (["query", "--limit", "many"], 64, "--limit is a number from 1, not 'many'"),
    (["query", "--format", "jsno"], 64, "did you mean 'json'?"),
    (["query", "--fields", "titel"], 64, "did you mean 'title'?"),
    (["query", "--sort", "newst"], 64, "--sort is newest, arrival, published or relevance, not 'newst'; did you mean 'newest'?"),
    (["query", "--new-for", "a b"], 64, "--new-for takes a name of letters (a to z), digits"),
    (["query", "--peek"], 64, "--peek goes with --new-for"),
    (["query", "harbour"], 64, "'harbour' is no option; --match looks for words"),
    (["query", "--follow", "--format", "table"], 64, "--follow needs a format of lines"),
    (["show"], 64, "the number of an item is needed"),
    (["show", "harbour"], 64, "'harbour' is no number of an item; 'diurna query --match harbour' looks for it"),
    (["show", "4711"], 1, "there is no item 4711; 'diurna query' lists numbers"),
    (["show", "--format", "pdf", "1"], 64, "--format is text, markdown, html or json, not 'pdf'"),
    (["explain"], 64, "the number of one item is needed; 'diurna query' lists them"),
    (["digest"], 1, "there is no edition yet; --close makes one now"),
    (["digest", "--date", "2020-01-01"], 1, "there is no edition of 2020-01-01"),
    (["digest", "--date", "someday"], 64, '--date cannot be "someday"; '),
    (["digest", "--format", "pdf"], 64, "there is no format 'pdf'"),
    (["digest", "europe"], 64, "'europe' is no option; --date D says which edition"),
    (["feeds", "Europe"], 64, "it takes no arguments; 'diurna log FEED' is about one feed"),
    (["log", "nobody"], 1, "there is no feed 'nobody'; 'diurna feeds' lists them"),
    (["poll", "http://a.example/fed"], 1, "http://a.example/fed is not subscribed; did you mean http://a.example/feed?"),
    (["poll", "99"], 1, "99 is not subscribed; 'diurna feeds' lists numbers and URLs"),
    (["status"], 69, "/diurna.conf' starts one"),
    (["subscribe"], 64, "the address of a feed or of a page is needed"),
    (["subscribe", "http://10.0.0.1/"], 65, '10.0.0.1 is not public: a private address; its network in the configuration, as in network { allow'),
    (["subscribe", "harbour"], 64, '"harbour" is no address; https://... was meant'),
    (["subscribe", "http://nobody.example/"], 65, "http://nobody.example/: HTTP 404, it is not there; try again later, or add it as it is with --unchecked"),
    (["subscribe", "http://a.example/page"], 65, "http://a.example/page is no feed and names none; --guess tries the common places"),
    (["subscribe", "http://a.example/picture"], 65, "is an image; the address of a feed, or of a page that names one, was meant"),
    (["unsubscribe", "http://a.example/fed"], 65, "http://a.example/fed is not subscribed"),
    (["unsubscribe", "http://a.example/feed"], 78, "it is taken out there, by hand"),
    (["import", "nothing.opml"], 66, "nothing.opml: No such file or directory; OPML, newsboat's urls, an sfeedrc or addresses"),
    (["import", "page.html"], 65, "page.html: this is no OPML"),
    (["import", "empty"], 65, "empty: no feeds are in it; OPML, newsboat's urls,"),
    (["init"], 73, "is there already; 'diurna check' looks at it, --replace begins anew"),
    (["backup"], 64, "one FILE is needed, where the copy goes"),
    (["backup", "empty"], 73, "empty is there already; a new name was meant"),
    (["backup", "no/such/folder/copy.db"], 73, "no/such/folder/copy.db: No such file or directory; a folder"),
    (["add", "http://a.example/feed"], 64, "there is no command 'add'; 'diurna subscribe' was meant"),
    (["update"], 64, "there is no command 'update'; 'diurna poll' was meant"),
    (["search", "harbour"], 64, "'diurna query --match WORDS' was meant"),
    (["version"], 64, "there is no command 'version'; 'diurna --version' was meant"),
    (["list"], 64, "there is no command 'list'; 'diurna feeds' was meant"),
    (["query", "--limit", "0"], 64, "--limit is a number from 1"),
    (["query", "--section", "Weather"], 64, "there is no such section: Weather; 'diurna feeds' lists them"),
    (["query", "--feed", "Gazette"], 64, "there is no such feed: Gazette; 'diurna feeds' lists them"),
    (["cursors", "--remove", "nobody"], 1, "there is no reader nobody; 'diurna cursors' lists them"),
    (["cursors", "--set", "me"], 64, "--set NAME wants one place: a number of an arrival, start or now"),
    (["mark", "1"], 64, "nothing to mark with; --star, --read or --label NAME was meant"),
    (["mark", "--star"], 64, "the number of an item is needed; 'diurna query' tells it"),
    (["mark", "--star", "--unstar", "1"], 64, "an item is starred or not, read or not: one of each pair"),
    (["mark", "--label", " ", "1"], 64, '" " is no label; one line of at most 200 bytes was meant'),
    (["mark", "--star", "4711"], 1, "there is no item 4711, and nothing was marked; 'diurna query' lists numbers"),
    (["mark", "--star", "harbour"], 64, "'harbour' is no number of an item; 'diurna query --match harbour' looks"),
    (["labels", "--remove", "Later"], 1, 'no item has the label "Later"; \'diurna labels\' lists them'),
    (["labels", "--rename", "Later"], 64, "--rename OLD wants one new name behind it"),
    (["tag", "1"], 64, "'diurna mark --label NAME' was meant"),
    (["rules", "--format", "csv"], 64, "--format is table or json, not 'csv'"),
    (["log"], 64, "one feed is needed: its number, URL or a part of its title"),
    (["export", "mine.opml"], 64, "it takes no arguments; the list goes to standard output"),
    (["recover", "now"], 64, "it takes no arguments; --config FILE says which store"),
    (["digest", "--date", "2026-13-45"], 1, "there is no edition of 2026-13-45; 'diurna status' names the last"),
    (["import", "folder"], 66, "folder: Is a directory; OPML, newsboat's urls,"),
    (["subscribe", "https//example.org"], 64, '"https//example.org" is no address; https://... was meant'),
    (["subscribe", "file:///etc/passwd"], 64, '"file:///etc/passwd" is no address; https://... was meant'),
    (["unsubscribe", "Hostile"], 65, "Hostile is not subscribed"),
    (["parse", "page.html"], 65, "page.html: an HTML page, not a feed; RSS, Atom or JSON Feed was meant"),
    (["extract"], 64, "one FILE or --files-from LIST is needed"),
    (["check", "diurna.conf"], 64, "it takes no arguments; --config FILE says which file"),
]


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """One home for all of them: none of the mistakes changes anything."""
    from diurna import Home
    from sites import Sites
    with Sites() as web:
        home = Home(tmp_path_factory.mktemp("desk"), web)
        web.put("a.example", "/feed", Page(
            "<rss version='2.0'><channel><title>Hostile</title><item><title>One</title>"
            "<link>http://a.example/1</link></item></channel></rss>", type="application/rss+xml"))
        web.put("a.example", "/page", Page("<p>A page without feeds."))
        web.put("a.example", "/picture", Page(b"GIF89a", type="image/gif"))
        home.configure({"Europe": ["http://a.example/feed"]}, top={"subscriptions": "list.opml"})
        for name, text in {"list.opml": '<opml version="2.0"><body/></opml>', "empty": "",
                           "page.html": "<html><p>No list."}.items():
            with open(home.path(name), "w", encoding="utf-8") as file:
                file.write(text)
        os.mkdir(home.path("folder"))
        home.once()
        yield home
        home.close()


def is_helpful(line):
    """Who speaks, and about what: "diurna query: --since ..."."""
    return re.match(r"diurna( [a-z]+)?: \S.{8,}", line)


def test_a_check_without_a_configuration(desk):
    done = desk.diurna("check", "--config", "nowhere.conf")
    assert done.returncode == 78
    assert "nowhere.conf: No such file or directory; 'diurna init' writes one" in done.stdout


@pytest.mark.parametrize("typed, code, said", TYPED, ids=[" ".join(t[0]) or "nothing" for t in TYPED])
def test_typed(desk, typed, code, said):
    done = desk.diurna(*typed)
    assert said in done.stderr, done.stderr
    assert done.returncode == code, done.stderr
    lines = [line for line in done.stderr.splitlines() if line.startswith("diurna")]
    assert all(is_helpful(line) for line in lines)
    if code == 64 and typed:
        assert "--help'." in done.stderr
    assert "\x1b" not in done.stderr


# What is written into the configuration; said by `diurna check`, with the line.
WRITTEN = [
    ('digst {\n}', "digst"),
    ('digest {\n at = "6.30"\n}', '"6.30"'),
    ('digest {\n at = "06:30"', "line"),
    ('digest {\n formats = {"pdf"}\n}', "pdf"),
    ('digest {\n timezone = "Paris"\n}', "Paris"),
    ('section "A" {\n feeds = {"a.example/feed"}\n}', "a.example/feed"),
    ('section "A" {\n}\nsection "A" {\n}', '"A"'),
    ('feed "http://x.example/f" {\n interval = "soon"\n}', "soon"),
    ('subscriptions = {"nowhere.opml"}', "nowhere.opml"),
    ('rule "r" {\n action = "hide"\n}', "hide"),
    ('digest {\n at = “06:30”\n}', "a time of day like"),
    ('digest {\n at: "06:30"\n}', "look for a missing quote, comma, '=' or bracket"),
    ('digest = {\n at = "06:30"\n}', "digest { ... } was meant"),
    ('[digest]\nat = "06:30"', "at has no place here; it belongs into digest { ... }"),
    ('section "A" {\n feeds = {"http://a.example/" "http://b.example/"}\n}', "missing quote, comma"),
    ('section "A" {\n url = "http://a.example/"\n}', "there is no option 'url' in section"),
    ('digest {\n language = "Deutsch"\n}', 'a language like "en" or "pt-BR" was meant'),
    ('digest {\n formats = "html, epub"\n}', "it is one of html, markdown"),
    ('poll {\n interval-min = "5"\n}', "a unit is missing"),
    ('network {\n proxy = "proxy.example:3128"\n}', "an address like http://proxy.example:3128"),
    ('mail {\n to = {"me@a.example"}\n}', "mail does not say how"),
    ('web {\n listen = "0.0.0.0:8080"\n}', "a port of loopback like 127.0.0.1:8085"),
]


@pytest.mark.parametrize("text, said", WRITTEN, ids=[t[0].split("\n")[0] + t[1] for t in WRITTEN])
def test_written(tmp_path, text, said):
    from diurna import Home
    home = Home(tmp_path)
    home.write_config(text + "\n")
    done = home.diurna("check")
    wrong = [line for line in done.stdout.splitlines() if line.startswith("wrong ")]
    assert done.returncode == 78, done.stdout
    assert any(re.search(r"%s|nowhere.opml" % re.escape(os.path.basename(home.config)), line)
               for line in wrong), done.stdout
    assert any(said in line for line in wrong) or said == "line", done.stdout
    assert all(";" in line or ":" in line.split(": ", 1)[-1] for line in wrong), wrong


def test_without_a_configuration(tmp_path):
    from diurna import Home
    home = Home(tmp_path)
    for command in ("query", "feeds", "poll", "subscribe"):
        done = home.diurna(command, "x") if command == "subscribe" else home.diurna(command)
        assert done.returncode == 78
        assert "'diurna init' writes one" in done.stderr


@pytest.mark.parametrize("folder, problem", [
    ("nowhere", "No such file or directory"), ("a-file", "Not a directory")])
def test_a_configured_store_without_a_folder(tmp_path, folder, problem):
    from diurna import Home
    home = Home(tmp_path)
    with open(home.path("a-file"), "w", encoding="utf-8"):
        pass
    home.write_config('store {\n path = "%s/diurna.db"\n}\n' % folder)
    done = home.diurnad("--once")
    assert done.returncode == 73, done.stderr
    assert ("%s/diurna.db: %s; the store's folder must be there: make it, or name another with "
            "store { path = ... }" % (home.path(folder), problem)) in done.stderr
    done = home.diurna("check")
    assert done.returncode == 65 or folder == "a-file"
    assert "wrong  folder of the store %s" % home.path(folder) in done.stdout, done.stdout


def test_folders_where_files_were_meant(tmp_path):
    from diurna import Home
    home = Home(tmp_path)
    os.mkdir(home.path("folder"))
    home.write_config('store {\n path = "folder"\n}\n')
    assert "folder: is a folder; the name of a file was meant" in home.diurna("check").stdout
    assert "folder: is a folder; the name of a file was meant" in home.diurna("query").stderr
    done = home.run("diurna", "--config", home.path("folder"), "feeds")
    assert done.returncode == 78 and "folder: is a folder; --config names the file itself" in done.stderr


def test_pipes_where_files_were_meant(tmp_path):
    """Nobody writes to them: they are not waited for."""
    from diurna import Home
    home = Home(tmp_path)
    os.mkfifo(home.path("pipe"))
    home.write_config('store {\n path = "pipe"\n}\n')
    assert "pipe: is a pipe or a device; the name of a file was meant" in home.diurna("query").stderr
    done = home.run("diurna", "--config", home.path("pipe"), "feeds")
    assert done.returncode == 78 and "pipe: " in done.stderr, done.stderr


def test_a_daemon_says_what_is_no_option(home):
    home.configure({"Europe": []})
    done = home.diurnad("http://a.example/feed")
    assert done.returncode == 64 and "feeds stand behind --once" in done.stderr


def test_before_there_are_feeds(home):
    home.configure({"Europe": []})
    wanted = "'diurna subscribe ADDRESS' or 'diurna import FILE' adds some"
    assert "look   0 feeds; " + wanted in home.diurna("check").stdout
    assert "There are no feeds yet; " + wanted in home.diurna("poll").stderr
    assert "There are no feeds yet, and nothing to print; " + wanted in home.diurna("digest", "--close").stderr


def test_before_the_first_poll(home):
    home.configure({"Europe": []})
    done = home.diurna("query")
    assert done.returncode == 66
    assert "there is no store yet" in done.stderr and "'diurna poll' makes it" in done.stderr


def test_check_names_what_is_wrong_with_rules_of_sites(tmp_path):
    from diurna import Home
    home = Home(tmp_path)
    home.write_config("section \"A\" {\n}\n")
    folder = pathlib.Path(home.config).parent / "rules.d"
    folder.mkdir(exist_ok=True)
    (folder / "good.example").write_text("# of one site\ntitle: h1\nbody: .story > p, main\n")
    assert "ok     1 rules of single sites" in home.diurna("check").stdout
    (folder / "bad.example").write_text("title: h1\n\nboddy: p\nstrip p\nbody: p[\n")
    (folder / "www.other.example").write_text("body: p\n")
    (folder / "README").write_text("passed over\n")
    done = home.diurna("check")
    assert done.returncode != 0
    wrong = [line for line in done.stdout.splitlines() if line.startswith("wrong") and "rule " in line]
    assert len(wrong) == 2
    assert f"rule {folder}/bad.example: line 3: not one of title, author, date, next, strip, body: boddy; " \
        "line 4: no ':' in strip p; line 5: no selector: p[" in wrong[0]
    assert f"rule {folder}/www.other.example: never used; its pages have the site other.example" in wrong[1]
