"""kill -9 at any moment: the next start misses nothing and leaves nothing behind."""

import os
import random
import signal
import subprocess
import time

from diurna import Home, program, wait_until
from press import Press, contents

RUNS = os.environ.get("DIURNA_TEST_RUNS", "")
KILLS = {"": 20, "all": 2000}.get(RUNS) or int(RUNS)
SITES = 50
SEED = int(os.environ.get("DIURNA_TEST_SEED", "20"))


def configure(home, press):
    home.configure({"All": press.feeds}, poll={"jitter": False},
                   digest={"max-first": 10000, "max-age": "36500d"})


def test_killed_polls_end_as_an_undisturbed_one(tmp_path, web):
    press = Press(web, SITES, 6, delay_s=0.02)
    calm, shaken = Home(tmp_path / "calm", web), Home(tmp_path / "shaken", web)
    for home in (calm, shaken):
        os.mkdir(home.directory)
        configure(home, press)
    start = time.monotonic()
    calm.once()
    whole_s = time.monotonic() - start
    assert len(contents(calm)["texts"]) == len(press.texts)

    chance = random.Random(SEED)
    killed = 0
    for _ in range(KILLS):
        daemon = shaken.start("--once")
        time.sleep(chance.uniform(0.01, whole_s / 6))
        killed += daemon.kill() == -signal.SIGKILL
    assert killed >= KILLS // 2
    shaken.once()

    assert contents(shaken) == contents(calm)
    assert shaken.integrity() == []
    assert shaken.sql("PRAGMA foreign_key_check") == []


def test_killed_editions_are_printed_whole(home, web):
    press = Press(web, 10, 10)
    configure(home, press)
    home.once()
    chance = random.Random(SEED)
    for n in range(KILLS):
        process = subprocess.Popen(
            [program("diurnad"), "--config", home.config, "--once", "--edition"], env=home.env,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True)
        time.sleep(chance.uniform(0.0, 0.15))
        # Half of the time with its children, as when the power fails.
        if n % 2:
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
        process.wait()
        wait_until(lambda: not home.running("--publish"), "the end of a publisher left alone")
    home.once("--edition")

    assert home.temporary_files() == []
    assert home.sql("SELECT count(*), count(DISTINCT item_id) FROM edition_item") == [(len(press.texts),) * 2]
    assert home.sql("SELECT count(*) FROM edition WHERE published_at = 0") == [(0,)]
    with open(home.path("digests", "latest", "all.md"), encoding="utf-8") as file:
        headings = [line for line in file if line.startswith("#")]
    for title, _ in press.texts:
        assert sum(title in h for h in headings) == 1


def test_sigterm_waits_for_no_answer_and_loses_nothing(home, web):
    """Sites that take minutes are not waited for (in peace it ends at once)."""
    press = Press(web, 12, 4, delay_s=600)
    configure(home, press)
    daemon = home.start()
    wait_until(lambda: len(web.requests()) == 12, "the poll under way")
    assert daemon.stop() == 0
    Press(web, 12, 4)  # the same, and swift
    home.once()
    assert len(home.texts()) == len(press.texts)


READER = """import os, random, signal, sys
book, seed = sys.argv[1:]
chance = random.Random(int(seed))
with open(book, "a", encoding="utf-8") as file:
    for line in sys.stdin:
        if chance.random() < 0.1:
            os.kill(os.getpid(), signal.SIGKILL)
        file.write(line)
        file.flush()
"""


def test_a_reader_that_is_killed_misses_nothing(home, web, tmp_path):
    """At least once: what arrived is what was processed, whoever was killed when."""
    press = Press(web, 12, 8, delay_s=0.01)
    late = press.feeds.pop()
    configure(home, press)
    home.once()
    chance = random.Random(SEED)
    book, script = tmp_path / "book", tmp_path / "reader.py"
    book.touch()
    script.write_text(READER, encoding="utf-8")

    def start(seed):
        return subprocess.Popen(
            [program("diurna"), "--config", home.config, "query", "--format", "urls", "--new-for", "book",
             "--limit", "7", "--exec", "exec /usr/bin/python3 '%s' '%s' %d" % (script, book, seed)],
            env=home.env, stderr=subprocess.PIPE, start_new_session=True)
    for n in range(KILLS):
        process = start(n)
        time.sleep(chance.uniform(0.0, 0.15))
        if n % 3 == 0:
            process.kill()
        elif n % 3 == 1:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        if n == KILLS // 2:
            press.feeds.append(late)
            configure(home, press)
            daemon = home.start("--once")
            time.sleep(chance.uniform(0.05, 0.3))
            daemon.kill()
    home.once()
    for n in range(100, 400):
        if start(n).wait() == 1:  # nothing is left
            break
    processed = set(book.read_text(encoding="utf-8").split("\n"))
    arrived = {row[0] for row in home.sql("SELECT url FROM v_item WHERE seq NOT NULL")}
    assert len(arrived) == len(press.texts) and arrived <= processed
    # A reader that was never killed is not touched by the other.
    calm = home.diurna("query", "--format", "urls", "--new-for", "calm")
    assert set(calm.stdout.split()) == arrived
