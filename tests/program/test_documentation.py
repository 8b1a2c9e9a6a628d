"""Every command that the documentation shows is run, every configuration checked, every link followed.

A block of ```console has commands behind "$ " and what they answer, shortened; all of one file run
in one home, in order. A block of ```sh is looked at by the shell; one without a name is a piece of
configuration. The sites of the documents are played by the bundled ones. What needs root or systemd is
not run, but its options are looked up.
"""

import contextlib
import os
import re
import shutil
import sqlite3
import subprocess

import pytest

from diurna import SOURCE, Home, block, program
from newsstand import Newsstand
from sites import Page

DOCUMENTS = ["README.md", "CONTRIBUTING.md"] + sorted(
    "doc/" + n for n in os.listdir(os.path.join(SOURCE, "doc")) if n.endswith(".md"))
OPML = """<opml version="2.0"><body><outline text="News">
<outline text="One" xmlUrl="http://continentalledger.example/feed.xml"/><outline xmlUrl="http://harbourbell.example/feed"/>
</outline><outline xmlUrl="http://kesselbote.example/atom.xml"/></body></opml>"""


def read(name):
    with open(os.path.join(SOURCE, name), encoding="utf-8") as file:
        return file.read()


def blocks(text, info):
    """What stands between fences of that kind. Read in order: a closing one looks like an opening one."""
    found, kind, body = [], None, []
    for line in text.splitlines(keepends=True):
        if kind is None:
            if line.startswith("```"):
                kind, body = line[3:].strip(), []
        elif line.rstrip() == "```":
            found += ["".join(body)] if kind == info else []
            kind = None
        else:
            body.append(line)
    assert kind is None, "a block that is not closed: " + "".join(body)[:80]
    return found


def test_blocks_are_told_by_what_opens_them():
    text = "a\n```c++\nx\n```\nno block\n```sh\ny\nz\n```\n``` sh\nw\n```\n"
    assert blocks(text, "sh") == ["y\nz\n", "w\n"] and blocks(text, "") == [] and blocks(text, "c++") == ["x\n"]
    with pytest.raises(AssertionError):
        blocks("```sh\ny\n", "sh")


def steps(text):
    """(command, lines it answers) of all console blocks, in order."""
    found = []
    for body in blocks(text, "console"):
        for line in body.splitlines():
            if line.startswith("$ "):
                found.append((line[2:], []))
            else:
                found[-1][1].append(line)
    return found


STUBS = ["sudo", "systemctl", "loginctl", "usermod"]


@pytest.fixture
def reader(tmp_path, web):
    """A person's home, with programs in the path and sites that answer for those of the documents."""
    home = Home(tmp_path, web)
    stand = Newsstand(web)
    notes = next(s for s in stand.sites if s.host == "fieldnotes.example")
    web.put("example.org", "/", Page('<link rel="alternate" type="application/atom+xml" '
                                     'title="Field Notes" href="/feed.xml">'))
    web.put("example.org", "/feed.xml", notes.feed())
    web.put("example.org", "/list.opml", Page(OPML, type="text/x-opml"))
    for name in ("my-old-reader.opml", "subscriptions.opml"):
        with open(home.path(name), "w", encoding="utf-8") as file:
            file.write(OPML)
    places = tmp_path / "bin"
    places.mkdir()
    for name in ("diurna", "diurnad"):
        os.symlink(program(name), places / name)
    for name in STUBS:
        (places / name).write_text("#!/bin/sh\nexit 0\n")
        (places / name).chmod(0o755)
    home.path_variable = "%s:%s" % (places, os.environ["PATH"])
    yield home
    home.close()


def reach_the_sites(home):
    """What only a test needs: loopback may be reached, by the proxy that plays the sites."""
    for folder, _, names in os.walk(home.directory):
        for name in names:
            path = os.path.join(folder, name)
            if name == "diurna.conf" and "network {" not in read(path):
                with open(path, "a", encoding="utf-8") as file:
                    file.write(block("network", {"proxy": home.web.proxy, "allow": ["127.0.0.0/8"],
                                                 "feed-gap": "0ms", "page-gap": "0ms"}))


def options_exist(command):
    """Of a diurna command that cannot be run here."""
    words = command.split()
    words = words[words.index("diurna") + 1:]
    done = subprocess.run([program("diurna"), words[0], "--help"], stdout=subprocess.PIPE, text=True)
    assert done.returncode == 0, command
    for word in words:
        assert not word.startswith("--") or word in done.stdout, (command, word)


# What these find is not there in a test: no daemon, no trouble.
MAY_END_WITH = {"diurna status": 69, "diurna status --format prometheus": 69, "diurna feeds --troubled": 1}


def run(home, env, command, answer):
    """One command as the document has it; what it answers begins as the document says."""
    line = command.replace("https://", "http://").replace("/tmp/", home.directory + "/")
    line = line.replace("~/.local/share/diurna/", home.path(".config", "diurna") + "/")
    done = subprocess.run(["bash", "-euc", line], env=env, cwd=home.directory, text=True, timeout=300,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert done.returncode in (0, MAY_END_WITH.get(command)), (command, done.stdout, done.stderr)
    for expected in answer:
        start = expected.replace("https://", "http://").replace("~", home.directory)[:24]
        assert start in done.stdout, (command, expected, done.stdout)


WITH_COMMANDS = sorted((n for n in DOCUMENTS if steps(read(n))), key=lambda n: "tutorial" not in n)


@pytest.mark.parametrize("names", [["README.md"], [n for n in WITH_COMMANDS if n != "README.md"]],
                         ids=["README", "doc"])
def test_commands_run(reader, names):
    """README stands alone; the tutorial begins, and the others go on with its newspaper."""
    env = {**reader.env, "PATH": reader.path_variable, "USER": "me", "TMPDIR": reader.directory}
    # Root's configuration would be the system's; a person's is meant.
    env["DIURNA_CONFIG"] = reader.path(".config", "diurna", "diurna.conf")
    for name in names:
        for command, answer in steps(read(name)):
            if any(tool in command and not shutil.which(tool) for tool in ("sqlite3", "jq")):
                continue
            if command.startswith("sudo diurna "):
                options_exist(command)
            elif not re.match(r"(CONFIGURE_ARGS=\S+ )?\./bootstrap|sudo ", command):
                run(reader, env, command, answer)
                reach_the_sites(reader)


def manual(name):
    """The source of a manual page with its escapes resolved."""
    text = read("man/" + name)
    for escape, meant in (("\\(dq", '"'), ("\\(aq", "'"), ("\\&", ""), ("\\e", "\\")):
        text = text.replace(escape, meant)
    return text


MANUALS = sorted(os.listdir(os.path.join(SOURCE, "man")))


def test_commands_of_the_manual_pages_run(reader):
    """In the tutorial's newspaper; what root types is looked up only."""
    env = {**reader.env, "PATH": reader.path_variable, "USER": "me", "TMPDIR": reader.directory,
           "DIURNA_CONFIG": reader.path(".config", "diurna", "diurna.conf")}
    with open(reader.path("mail-them"), "w", encoding="ascii") as file:
        file.write("#!/bin/sh\nexec cat\n")
    os.chmod(reader.path("mail-them"), 0o755)
    for command, answer in steps(read("doc/tutorial.md")):
        run(reader, env, command, answer)
        reach_the_sites(reader)
        if command == "diurna digest --close":
            break
    commands = [command for name in MANUALS for command in re.findall(r"^\.Dl \$ (.*)$", manual(name), re.M)]
    assert len(commands) > 5
    for command in commands:
        if any(tool in command and not shutil.which(tool) for tool in ("sqlite3", "less")):
            continue
        command = command.replace("/var/lib/diurna/", "~/.local/share/diurna/")
        command = command.replace("'Taiwan OR", "'dust OR").replace("--date yesterday --section Europe", "--section Science")
        run(reader, env, command, [])
    with contextlib.closing(sqlite3.connect(reader.path(".config", "diurna", "diurna.db"))) as db:
        queries = re.findall(r"^(SELECT .*?;)\n\.Ed", manual("diurna-store.5"), re.M | re.S)
        assert len(queries) == 2 and all(db.execute(query).fetchall() for query in queries)
    for name in MANUALS:
        for command in re.findall(r"^\.Dl # (.*)$", manual(name), re.M):
            assert re.match(r"systemctl (enable --now|stop) diurnad", command), command


def is_configuration(body):
    """Not a block's head alone, nor another program's."""
    return re.search(r'^(section|feed|rule) "|^\w+ \{$|^[a-z-]+ = \{', body, re.M) and not body.rstrip().endswith("{ }")


@pytest.mark.parametrize("name", [n for n in MANUALS if n.startswith("diurna.conf")])
def test_configurations_of_the_manual_pages_are_right(tmp_path, name):
    home = Home(tmp_path)
    (tmp_path / "subscriptions.opml").write_text(OPML)
    found = [body for body in re.findall(r"^\.Bd -literal.*?\n(.*?)^\.Ed", manual(name), re.M | re.S)
             if is_configuration(body)]
    assert len(found) >= 2
    for body in found:
        for url in re.findall(r'^feed "(.*?)"', body, re.M):
            body += block('section "Any"', {"feeds": [url]})
        check_configuration(home, body)


def mentioned(pattern):
    """(document, what the pattern's group finds in what it has as code)."""
    return [(name, found) for name in DOCUMENTS for code in re.findall(r"`([^`\n]+)`|^\t(.*)$", read(name), re.M)
            for found in re.findall(pattern, code[0] or code[1])]


def test_what_a_developer_is_told_to_type_is_there():
    targets = set(re.findall(r"^([\w-]+):", read("Makefile.am"), re.M)) | {"check", "dist", "distcheck", "install"}
    made = mentioned(r"(?:^|[ (&])make ((?:-C \S+ )?[a-z][a-z-]*)")
    assert len(made) > 10
    assert [(name, one) for name, one in made if one.split()[-1] not in targets] == []
    tools = mentioned(r"(?:^|[ (])((?:tools|tests)/[\w./-]+)")
    assert len(tools) > 10
    assert [(name, one) for name, one in tools
            if not os.path.exists(os.path.join(SOURCE, one)) and not os.path.exists(os.path.join(SOURCE, one + ".c"))] == []


def test_commands_within_sentences_exist():
    """`diurna query --new-for NAME` and the like: the command and its options."""
    found = mentioned(r"^(?:sudo )?diurna ([a-z]+(?: [^|>]*)?)$")
    assert len(found) > 10
    for name, command in found:
        options_exist("diurna " + command.replace("=", " "))


@pytest.mark.parametrize("name", [n for n in DOCUMENTS if blocks(read(n), "sh")])
def test_scripts_are_shell(name):
    for body in blocks(read(name), "sh"):
        assert subprocess.run(["bash", "-n"], input=body, text=True).returncode == 0, body
        for command in re.findall(r"^\s*(diurna [a-z]+ .*?)(?: [|>].*)?$", body, re.M):
            options_exist(command)


def check_configuration(home, body):
    if not re.search(r"^store \{$", body, re.M):
        body = "store {\n}\n" + body
    body = re.sub(r"^store \{$", 'store {\n\tpath = "d.db"', body, flags=re.M)
    home.write_config('control = "control"\n' + body)
    done = home.diurna("check", "--quiet")
    assert "wrong" not in done.stdout, (body, done.stdout)


@pytest.mark.parametrize("name", [n for n in DOCUMENTS if n in ("README.md", "doc/tutorial.md", "doc/recipes.md")])
def test_configurations_are_right(tmp_path, name):
    home = Home(tmp_path)
    for secret in ("mail.secret", "web.secret"):
        (tmp_path / secret).write_text("x\n")
        (tmp_path / secret).chmod(0o600)
    (tmp_path / "subscriptions.opml").write_text(OPML)
    for body in blocks(read(name), ""):
        if re.search(r"^\w+ .*\{", body, re.M):
            check_configuration(home, body)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_links_lead_somewhere(name):
    text = read(name)
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text):
        path = os.path.normpath(os.path.join(SOURCE, os.path.dirname(name), target))
        assert os.path.exists(path), target
    for mentioned in re.findall(r"`((?:src|tests|doc|etc|debian)/[\w./-]+)`", text):
        assert os.path.exists(os.path.join(SOURCE, mentioned)), mentioned
    for anchor in re.findall(r"\]\(([^)#:]*)#([^)]*)\)", text):
        other = read(os.path.normpath(os.path.join(os.path.dirname(name), anchor[0]))) if anchor[0] else text
        heads = [re.sub(r"[^\w -]", "", h.lower()).replace(" ", "-") for h in re.findall(r"^#+ (.*)$", other, re.M)]
        assert anchor[1] in heads, anchor


def test_every_file_that_is_named_is_there():
    """`schedule.c`, `cli/main.c`: sources of ours, and headers of the system."""
    files = {os.path.relpath(os.path.join(folder, name), SOURCE) for top in ("src", "tests")
             for folder, _, names in os.walk(os.path.join(SOURCE, top)) for name in names}
    system = {"link.h", "malloc.h", "seccomp.h", "sys/prctl.h"}
    named = mentioned(r"^([a-z0-9_/]+\.[ch])$")
    assert len(named) > 50
    assert [(document, name) for document, name in named if name not in system
            and not any(("/" + file).endswith("/" + name) for file in files)] == []


def test_every_test_of_the_manners_is_there():
    texts = "".join(read(os.path.join("tests", folder, name)) for folder in ("program", "diurnad")
                    for name in os.listdir(os.path.join(SOURCE, "tests", folder)) if name.endswith((".py", ".c")))
    rows = re.findall(r"^\| \d+ \| ([^|]+) \|", read("doc/manners.md"), re.M)
    assert len(rows) == 40
    for name in re.findall(r"[\w.]+", " ".join(rows)):
        there = any(os.path.exists(os.path.join(SOURCE, "tests", folder, name)) for folder in ("program", "diurnad"))
        assert there or re.search(r"\b%s" % re.escape(name), texts), name
