"""The manual pages are well-formed and say of every option and command what there is."""

import os
import re
import shutil
import subprocess

import pytest

from diurna import SOURCE, program

MAN = os.path.join(SOURCE, "man")
PAGES = sorted(os.listdir(MAN))


def read(*names):
    with open(os.path.join(SOURCE, *names), encoding="utf-8") as file:
        return file.read()


def options():
    """(group, name) of every row of config_schema[]."""
    rows = re.findall(r'\{GROUP_(\w+), "([a-z-]+)",', read("src", "core", "config_schema.c"))
    assert len(rows) > 50
    return rows


@pytest.mark.parametrize("page", PAGES)
def test_page_is_well_formed(page):
    if not shutil.which("mandoc"):
        pytest.skip("mandoc is not there")
    done = subprocess.run(["mandoc", "-T", "lint", "-W", "warning", os.path.join(MAN, page)],
                          stdout=subprocess.PIPE, text=True)
    assert done.stdout == ""


def test_every_page_is_installed():
    makefile = read("Makefile.am")
    assert [p for p in PAGES if "man/%s" % p not in makefile] == []


def test_every_option_has_its_paragraph():
    page = read("man", "diurna.conf.5")
    blocks = dict(zip(re.findall(r"^\.Sh (.*)$", page, re.M), re.split(r"^\.Sh .*$", page, flags=re.M)[1:]))
    missing = []
    for group, name in options():
        head = "OUTSIDE OF BLOCKS" if group == "TOP" else group
        text = next(t for h, t in blocks.items() if h.split()[0] == head.split()[0] and ".It" in t)
        if not re.search(r"^\.It Cm %s = " % re.escape(name), text, re.M):
            missing.append((group, name))
    assert missing == []


def test_every_option_is_in_the_example():
    example = read("etc", "diurna.conf.example")
    known = {n for _, n in options()}
    for name in known:
        assert re.search(r"(^|\W)%s(\W|$)" % re.escape(name), example), name


def test_the_example_is_a_configuration(tmp_path):
    path = os.path.join(SOURCE, "etc", "diurna.conf.example")
    done = subprocess.run([program("diurna"), "--config", path, "export"], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, env={**os.environ, "HOME": str(tmp_path)})
    assert (done.returncode, done.stderr) == (0, "")
    assert "https://example.net/atom" in done.stdout


def test_every_line_of_the_example_is_right(tmp_path):
    """Also those that are commented out: they are what a person turns on."""
    text = re.sub(r"^(\s*)# ([a-z-]+ = )", r"\1\2", read("etc", "diurna.conf.example"), flags=re.M)
    path = tmp_path / "diurna.conf"
    path.write_text(text, encoding="utf-8")
    (tmp_path / "subscriptions.opml").write_text('<opml version="2.0"><body/></opml>')
    done = subprocess.run([program("diurna"), "--config", str(path), "export"], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, env={**os.environ, "HOME": str(tmp_path)})
    assert (done.returncode, done.stderr) == (0, "")


def test_every_command_is_in_the_manual():
    done = subprocess.run([program("diurna"), "--help"], stdout=subprocess.PIPE, text=True)
    commands = re.findall(r"^  ([a-z]+) ", done.stdout, re.M)
    page = read("man", "diurna.1")
    assert len(commands) > 8
    assert [c for c in commands if not re.search(r"^\.It Nm Cm %s\b" % c, page, re.M)] == []


def test_every_command_shows_an_example():
    done = subprocess.run([program("diurna"), "--help"], stdout=subprocess.PIPE, text=True)
    for name in re.findall(r"^  ([a-z]+) ", done.stdout, re.M):
        text = subprocess.run([program("diurna"), name, "--help"], stdout=subprocess.PIPE, text=True).stdout
        assert re.search(r"^Examples?: ", text, re.M), name
        assert max(len(line) for line in text.splitlines()) <= 100, name


def sources(folder):
    """Without what a build in this very folder leaves beside them."""
    return sorted(name for name in os.listdir(folder) if name.endswith(".c"))


def test_every_exit_status_of_the_command_has_its_words():
    folder = os.path.join(SOURCE, "src", "cli")
    used = set(re.findall(r"\bEX_[A-Z]+\b", "".join(read("src", "cli", name) for name in sources(folder))))
    said = read("man", "diurna.1").split(".Sh EXIT STATUS")[1].split(".Sh ")[0]
    said = {int(number) for number in re.findall(r"\b\d\d\b(?= )", said)}
    assert {getattr(os, name) for name in used} - {os.EX_OK} == said


def option_tables():
    """command: the names that getopt takes, as they stand in its source."""
    tables = {}
    folder = os.path.join(SOURCE, "src", "cli")
    for name in sources(folder):
        text = read("src", "cli", name)
        for found in re.finditer(r"static const struct option \w+\[\] = \{(.*?)\{0\}", text, re.S):
            before, behind = text[:found.start()], text[found.end():]
            owner = re.findall(r"^(?:int cmd_(\w+)\(|\})", before, re.M)[-1] or re.search(r"^int cmd_(\w+)\(", behind, re.M)[1]
            assert owner not in tables
            tables[owner] = set(re.findall(r'\{"([a-z-]+)"', found[1]))
    return tables


def test_every_option_of_a_command_is_helped_completed_and_described():
    page = read("man", "diurna.1")
    parts = re.split(r"^\.It Nm Cm (\w+)(.*)$", page, flags=re.M)
    tables = option_tables()
    assert len(tables) > 20 and "new-for" in tables["query"] and "section" in tables["subscribe"]
    for command, names in tables.items():
        done = subprocess.run([program("diurna"), "complete", "--", command, "--"], stdout=subprocess.PIPE, text=True)
        assert {line.split("\t")[0][2:] for line in done.stdout.splitlines()} - {"help"} == names, command
        usages, texts = "", ""
        for name, usage, text in zip(parts[1::3], parts[2::3], parts[3::3]):
            if name == command:
                usages, texts = usages + usage, texts + text.split("\n.Sh ")[0]
        told = set(re.findall(r"Fl Fl ([a-z-]+)", usages + "".join(re.findall(r"^\.It .*Fl .*$", texts, re.M))))
        # What is described at length need not stand in the first line.
        assert told - {"config"} <= names and names <= set(re.findall(r"Fl Fl ([a-z-]+)", usages + texts)), command


def test_every_option_of_the_daemon_is_helped_and_described():
    done = subprocess.run([program("diurnad"), "--help"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    told = set(re.findall(r"--([a-z-]+)", done.stdout))
    known = set(re.findall(r'\{"([a-z-]+)", (?:no|required)_argument', read("src", "diurnad", "main.c")))
    described = set(re.findall(r"^\.It .*?Fl Fl ([a-z-]+)", read("man", "diurnad.8"), re.M))
    own_business = {"publish", "mail"}  # it starts itself with these
    assert told <= known and known - own_business - {"help", "foreground"} == told
    assert told - {"version"} == described - {"foreground"}
