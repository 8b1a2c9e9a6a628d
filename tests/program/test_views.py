"""What a person sees: tables on terminals of every width, messages, locales."""

import json
import os
import re
import shutil
import subprocess
import unicodedata

import pytest

from sites import Page

LONG = "A headline that goes on for longer than any terminal is wide, and has its point at the very end of it: %s"
TITLES = ["首相、記者会見で新しい経済政策を発表 市場は静かに反応し円相場は小幅な値動き", "رئيس الوزراء يعلن سياسة اقتصادية جديدة",
          "🎉 Launch day", LONG % "here"]
NAMES = {"a": "A feed whose name is the whole mission statement of its newspaper", "b": "日本語ニュース、たいへん長い名前のフィード",
         "c": "Empty"}


def feed(name, titles, host):
    return Page("<rss version='2.0'><channel><title>%s</title>%s</channel></rss>" % (name, "".join(
        "<item><title>%s</title><link>http://%s/%d</link><description>%s</description></item>" % (t, host, n, 3 * t)
        for n, t in enumerate(titles))), type="application/rss+xml")


@pytest.fixture
def views(home):
    urls = []
    for letter, name in NAMES.items():
        host = letter + ".example"
        titles = [] if name == "Empty" else [letter + " " + title for title in TITLES]
        home.web.put(host, "/feed", feed(name, titles, host))
        urls.append("http://%s/feed" % host)
    home.configure({"A section with a long name": urls, "Gone": ["http://nobody.example/feed"]})
    with open(home.config, "a", encoding="utf-8") as file:
        file.write("".join('feed "%s" { fulltext = false }\n' % url for url in urls))
    home.once("--edition")
    home.diurna("mark", "--label", "日本語のラベル、たいへん長い名前であるのでどこかで切られる", "--label", "Later", "1")
    return home


def width(line):
    return sum(0 if unicodedata.combining(c) else 1 + (unicodedata.east_asian_width(c) in "WF") for c in line)


@pytest.mark.parametrize("columns", [40, 80, 200])
def test_no_line_of_a_view_is_wider_than_the_terminal(views, columns):
    for command in (["feeds"], ["feeds", "--troubled"], ["query"], ["query", "--fields", "id,published,url,title"],
                    ["log", "1"], ["show", "1"], ["query", "--since", "moons"], ["feeds", "--trobled"], ["digest"],
                    ["status"], ["explain", "1"], ["labels"], ["--help"], ["health"], ["digest", "--close"]):
        shown = re.sub(r"[^\n]*\x1b\[K", "", views.on_a_terminal(*command, columns=columns))  # without progress
        # Broken by the terminal itself it would be one line here. A path is one word.
        too_wide = [line for line in shown.splitlines() if width(line) > columns 
                    and views.directory not in line and "/diurnad" not in line]
        assert shown and not too_wide, (command, too_wide)


@pytest.mark.parametrize("columns", [40, 70])
def test_help_is_broken_where_the_terminal_is_narrow(home, columns):
    commands = re.findall(r"^  ([a-z]+) ", home.diurna("help").stdout, re.M)
    assert len(commands) > 20
    for command in commands:
        whole, shown = home.diurna("help", command).stdout, home.on_a_terminal("help", command, columns=columns)
        assert not [line for line in shown.splitlines() if width(line) > columns], command
        # Nothing is lost of it, and nothing comes twice.
        assert sorted(whole.split()) == sorted(shown.split()), command
        for option in re.findall(r"^  (--[a-z-]+(?: [A-Z]+)?)  ", whole, re.M):
            assert re.search(r"^  %s(  |$)" % re.escape(option), shown, re.M), (command, option)


def test_a_digest_is_as_narrow_as_the_terminal(views):
    narrow, wide = (views.on_a_terminal("digest", columns=columns) for columns in (40, 200))
    for rule in "-*":
        assert rule * 40 in narrow.split() and rule * 41 not in narrow
    # Words, which are broken anywhere where no spaces are written.
    assert re.sub(r"[\s*-]", "", narrow) == re.sub(r"[\s*-]", "", wide)
    assert wide == views.diurna("digest").stdout


def test_the_narrow_views_show_what_they_are_about(views):
    titles = views.on_a_terminal("query", "--match", "headline")
    assert "a A headline that goes on for" in titles and "section" in titles.splitlines()[0]
    assert "a A headline that goes on" in views.on_a_terminal("query", "--match", "headline", columns=40)
    assert "HTTP 404, it is not there" in views.on_a_terminal("feeds", "--troubled")
    head = views.on_a_terminal("feeds").splitlines()[0]
    assert "14 days" in head and "next poll" in head
    assert views.on_a_terminal("feeds", columns=40).splitlines()[0].split() == ["id", "health", "title"]
    # On a wide one nothing is left out, and times are whole.
    wide = views.on_a_terminal("query", "--match", "headline", columns=200)
    assert LONG % "here" in wide and "20" in wide.splitlines()[1].split()[1][:2]
    # A file gets all, whatever COLUMNS says.
    assert LONG % "here" in views.diurna("query", "--match", "headline").stdout


def test_what_is_drawn_fits_the_locale(views):
    assert "█" in views.on_a_terminal("feeds") and "…" in views.on_a_terminal("query")
    shown = views.on_a_terminal("feeds", env={"LC_ALL": "C"})
    assert ".............8" in shown and "█" not in shown and "·" not in shown
    assert "~" in views.on_a_terminal("query", env={"LC_ALL": "C"})
    for env in ({"NO_COLOR": ""}, {"NO_COLOR": "", "TERM": "dumb"}, {"NO_COLOR": "1"}):
        has_colour = "\x1b[" in views.on_a_terminal("feeds", env=env)
        assert has_colour == (env == {"NO_COLOR": ""})


def test_figures_for_programs_are_the_same_in_every_country(views, tmp_path):
    made = shutil.which("localedef") and os.path.exists("/usr/share/i18n/locales/de_DE") and subprocess.run(
        ["localedef", "-i", "de_DE", "-f", "UTF-8", str(tmp_path / "de_DE.UTF-8")], stderr=subprocess.DEVNULL)
    if not made or made.returncode > 1:
        pytest.skip("no other locale can be made")
    german = {"LC_ALL": "de_DE.UTF-8", "LOCPATH": str(tmp_path)}
    query = ["query", "--fields", "id,quality", "--format", "tsv", "--limit", "1"]
    assert "," not in views.on_a_terminal(*query, env=german) and "." in views.on_a_terminal(*query, env=german)
    week = json.loads(views.diurna("feeds", "--format", "json").stdout.splitlines()[0])["entries_week"]
    assert "%.1f" % week in views.on_a_terminal("feeds", columns=200, env=german)


def test_nobody_waits_without_a_word(home):
    home.web.put("slow.example", "/feed", Page("", delay_s=3))
    home.configure({"Europe": ["http://slow.example/feed"]})
    shown = home.on_a_terminal("poll")
    assert re.search(r"\r\x1b\[K0 of 1 feeds, [123] s so far", shown)
    # Nothing of it is left where the answer stands, nor behind it.
    assert re.search(r"(\n|\x1b\[K)not-a-feed", shown) and re.search(r"(\n|\x1b\[K)1 feed polled, 0 new items\.\n$", shown)
    assert "so far" not in home.on_a_terminal("--quiet", "poll", "--force") + home.diurna("poll", "--force").stderr
