"""A damaged store ends nothing by a signal and hangs nothing: each program says what is wrong, or goes on.

make check-damage makes hundreds of runs, make check a few. DIURNA_DAMAGE_RUNS=1 DIURNA_DAMAGE_FROM=N makes
the one of that number again.
"""

import os
import random
import re
import shutil
import subprocess

import pytest

import damage
from diurna import PATIENCE_S, Home, program
from press import Press
from sites import Sites

RUNS = int(os.environ.get("DIURNA_DAMAGE_RUNS", "0"))
FROM = int(os.environ.get("DIURNA_DAMAGE_FROM", "0"))
SHORT = RUNS == 0
SEEDS = range(FROM, FROM + (RUNS or 6))

COMMANDS = [
    ["status"], ["status", "--format", "json"], ["status", "--format", "prometheus"], ["feeds"],
    ["feeds", "--format", "json"], ["health"], ["query"], ["query", "--format", "json"], ["query", "--match", "the"],
    ["query", "--match", "the", "--sort", "relevance"], ["query", "--sort", "published"], ["query", "--format", "atom"],
    ["query", "--starred"], ["query", "--dropped"], ["query", "--new-for", "test"], ["show", "3"],
    ["show", "--format", "json", "5"], ["show", "--revisions", "2"], ["cursors"], ["labels"], ["rules"], ["digest"],
    ["digest", "--week"], ["digest", "--format", "html"], ["digest", "--format", "epub", "--output", "."],
    ["digest", "--format", "json"], ["log", "http://press01.example/feed"], ["explain", "4"], ["export"],
    ["mark", "--star", "--label", "Odd", "4"], ["check"], ["check", "--store"], ["backup", "copy.db"],
]


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    """A folder with a store of some hundred pages, two editions, and something in each table."""
    with Sites() as web:
        home = Home(tmp_path_factory.mktemp("library"), web)
        press = Press(web, 6, 8)
        home.configure({"All": press.feeds}, poll={"jitter": False}, digest={"max-first": 10000, "max-age": "36500d"})
        home.once("--edition")
        damage.fill_empty(home.store)
        damage.checkpoint(home.store)
        yield home, press
        home.close()


def run(home, what, name, *args):
    """A program on the damaged store, which has to end by itself and to say why it could not do more."""
    done = subprocess.run([program(name), "--config", home.config, *args], env=home.env, cwd=home.directory,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=PATIENCE_S)
    out, err = (text.decode("utf-8", "surrogateescape") for text in (done.stdout, done.stderr))
    what = (what, name, *args, done.returncode, (out + err)[-3000:])
    assert 0 <= done.returncode < 128, what
    assert done.returncode != 64 or "there is no such" in err, what  # a mistake of ours: it would have read nothing
    assert not re.search(r"Sanitizer|runtime error|Assertion|stack smashing|\(null\)", err), what
    assert done.returncode in (0, 1) or (out + err).strip(), what
    assert not re.search("[\0-\x08\x0b-\x1f\x7f-\x9f\udc80-\udcff]", out + err), what  # a terminal obeys these
    return done.returncode, out, err


def copy(library, tmp_path):
    made, press = library
    home = Home(tmp_path, made.web)
    shutil.copytree(made.directory, home.directory, symlinks=True, dirs_exist_ok=True,
                    ignore=shutil.ignore_patterns("control"))
    home.configure({"All": press.feeds}, poll={"jitter": False}, digest={"max-first": 10000, "max-age": "36500d"})
    return home


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_crashes(tmp_path, library, seed):
    chance = random.Random(seed)
    home = copy(library, tmp_path)
    way = damage.WAYS[seed % len(damage.WAYS)]
    what = "seed %d, %s: %s" % (seed, way.__name__, way(home, chance))
    print(what)
    commands = chance.sample(COMMANDS, 6 if SHORT else len(COMMANDS))
    for command in commands:
        run(home, what, "diurna", *command)
    home.set_clock("+90000")
    run(home, what, "diurnad", "--once", "--force", "--edition")
    code, said, why = run(home, what, "diurna", "recover")
    for command in commands[:3] if SHORT else commands:
        run(home, (what, "after recover"), "diurna", *command)
    assert code == 0 or way in (damage.cut_short, damage.first_page) or "newer diurna" in why, (what, why)
    if code == 0 and "is a new store" in said:
        assert run(home, what, "diurna", "check", "--store", "--quiet")[:2] == (0, ""), what
        assert run(home, what, "diurnad", "--once", "--force", "--edition")[0] == 0, what


@pytest.mark.parametrize("format", ["text", "markdown"])
def test_a_terminal_obeys_no_word_of_the_store(tmp_path, library, format):
    home = copy(library, tmp_path)
    with damage.opened(home.store) as db:
        db.execute("UPDATE edition SET timezone = ?", ("\x1b[31m\x9b1mred\x7f",))
        db.execute("UPDATE section SET title = CAST(x'41FF42' || id AS TEXT)")
    _, out, _ = run(home, format, "diurna", "digest", "--format", format)
    assert "?[31m?1mred?" in out and "A?B" in out
