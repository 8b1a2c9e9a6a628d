"""Each fault gets a clear message, the rest goes on, nothing is lost."""

import os
import re
import shutil
import signal
import sqlite3
import subprocess
import threading

import pytest

from diurna import PATIENCE_S, program, wait_until
from press import Press
from sites import Page

EX_CONFIG = 78
OLD = {"max-first": 10000, "max-age": "36500d"}  # print whatever there is


@pytest.fixture
def press(web):
    return Press(web, 6, 4)


def configure(home, press, *more, **options):
    home.configure({"All": [*press.feeds, *more]}, **{"poll": {"jitter": False}, "digest": OLD, **options})


def one_entry_feed(host, path="/story"):
    return ('<rss version="2.0"><channel><title>%s</title><item><title>A story of its own</title>'
            "<link>http://%s%s</link><guid>%s</guid><description>The words that the feed itself has "
            "of this story, a sentence or two of them.</description></item></channel></rss>"
            % (host, host, path, path))


def test_a_parser_killed_in_the_middle_of_a_job(home, web, press):
    configure(home, press, top={"parsers": 2})
    daemon = home.start()
    # Stop the parsers before there is work, so that a job is in each of them for certain.
    parsers = wait_until(lambda: home.children(daemon, "diurna-parse"), "parsers")
    for pid in parsers:
        os.kill(pid, signal.SIGSTOP)
    wait_until(lambda: len(web.requests()) >= len(parsers) + 1, "answers to be parsed")
    for pid in parsers:
        os.kill(pid, signal.SIGKILL)
    daemon.wait_for(r"parser \d+: .*a new one is started")
    wait_until(lambda: len(web.requests()) > len(press.feeds) * 2, "the rest to go on")
    daemon.stop()
    home.set_clock("+100000")
    home.once("--force")
    assert len(home.texts()) == len(press.texts)
    assert min(map(len, home.texts())) > 90  # none has to do with its summary


def test_a_page_whose_parsers_are_killed_is_read_later(home, web):
    parse = home.path("parse")

    def kill_them(_):
        """The one there is, and each that is started."""
        with open(parse + ".new", "w", encoding="ascii") as file:
            file.write("#!/bin/sh\nkill -9 $$\n")
        shutil.copymode(parse, parse + ".new")
        os.replace(parse + ".new", parse)
        for pid in home.children(daemon, "parse"):
            os.kill(pid, signal.SIGKILL)
        return "<h1>A story of its own</h1>" + "<p>Some more words of it, and then again others. " * 30

    web.put("a.example", "/feed", Page(one_entry_feed("a.example"), "application/xml"))
    web.put("a.example", "/story", Page(kill_them))
    home.configure({"All": ["http://a.example/feed"]}, top={"parsers": 1}, digest=OLD)
    shutil.copy(program("diurna-parse"), parse)
    daemon = home.start(env={"DIURNA_PARSE": parse})
    daemon.wait_for(r"item \d+ http://a.example/story: the process ended unexpectedly, try 1, next in 10 min")
    assert daemon.stop() == 0 and home.texts() == []
    home.set_clock("+700")
    home.once()
    text, = home.texts()
    assert text.count("again others") == 30


def test_a_page_that_never_ends(home, web, press):
    web.put("endless.example", "/feed", Page(one_entry_feed("endless.example"), "application/xml"))
    web.put("endless.example", "/story", Page("<p>It begins.", fault="endless"))
    configure(home, press, "http://endless.example/feed", network={"timeout": "2s"})
    done = home.once()
    assert re.search(r"item \d+ http://endless\.example/story: ", done.stderr)
    assert len(home.texts()) >= len(press.texts)
    for _ in range(6):
        home.set_clock("+%d" % (1000000 * (_ + 1)))
        home.once()
    texts = home.texts()
    assert len(texts) == len(press.texts) + 1
    assert any("words that the feed itself has" in t for t in texts)


def test_a_feed_that_is_html(home, web, press):
    page = "<!doctype html><title>Hello</title><h1>Welcome</h1><p>We have no feed."
    web.put("html.example", "/feed", Page(page, etag='"h1"'))
    configure(home, press, "http://html.example/feed")
    done = home.once()
    assert re.search(r"feed \d+ http://html\.example/feed: .*failure 1", done.stderr)
    assert len(home.texts()) == len(press.texts)
    # Its validators are not kept: the next request has no condition.
    home.once("--force")
    assert not web.requests("html.example")[-1].is_conditional
    # And once it is a feed, it is read.
    web.put("html.example", "/feed", Page(one_entry_feed("html.example"), "application/xml"))
    web.put("html.example", "/story", Page("<h1>A story of its own</h1>" + "<p>Some more words. " * 30))
    home.once("--force")
    assert len(home.texts()) == len(press.texts) + 1


def test_a_feed_cut_short_keeps_its_old_validators(home, web, press):
    host = press.hosts[0]
    whole = web.pages[host, "/feed"][0]
    web.put(host, "/feed", Page(whole.body, whole.type, etag='"cut"', fault="truncate"), whole)
    configure(home, press)
    home.once()
    home.once("--force")
    assert not web.requests(host, "/feed")[1].is_conditional
    assert len(home.texts()) == len(press.texts)


def test_a_connection_reset_is_that_feeds_failure_only(home, web, press):
    web.put("reset.example", "/feed", Page("", fault="reset"))
    configure(home, press, "http://reset.example/feed")
    done = home.once()
    assert re.search(r"feed \d+ http://reset\.example/feed: .*next try", done.stderr)
    assert len(home.texts()) == len(press.texts)


def test_a_configuration_with_three_mistakes(home, press):
    configure(home, press)
    with open(home.config, encoding="utf-8") as file:
        lines = file.read().splitlines()
    mistakes = {'digets {\n}': "digets", 'network {\n\ttimeout = "soon"\n}': "soon",
                'section "Bad" {\n\tfeeds = {"not a url"}\n}': "not a url"}
    home.write_config("\n".join(lines + list(mistakes)) + "\n")
    for done in (home.diurnad(), home.diurna("check")):
        assert done.returncode == EX_CONFIG
        said = done.stderr + done.stdout
        for word in mistakes.values():
            assert re.search(r"diurna\.conf:\d+: [^\n]*%s" % word, said), said
    assert not os.path.exists(home.store)


def test_a_reload_with_mistakes_leaves_the_old_configuration_in_force(home, web, press):
    configure(home, press)
    daemon = home.start()
    daemon.wait_for(r"diurnad .*: 6 feeds")
    with open(home.config, encoding="utf-8") as file:
        good = file.read()
    home.write_config(good + "\nnonsense = 3\n")
    daemon.signal(signal.SIGHUP)
    daemon.wait_for(r"diurna\.conf:\d+: .*nonsense")
    daemon.wait_for(r"old one stays in force")
    web.put("new.example", "/feed", Page(one_entry_feed("new.example"), "application/xml"))
    web.put("new.example", "/story", Page("<h1>A story of its own</h1>" + "<p>Some more words. " * 30))
    home.write_config(good + '\nsection "New" {\n\tfeeds = {"http://new.example/feed"}\n}\n')
    daemon.signal(signal.SIGHUP)
    daemon.wait_for(r"reloaded: 7 feeds")
    wait_until(lambda: web.requests("new.example", "/story"), "the new feed's page")
    assert daemon.stop() == 0


def test_a_store_made_by_a_newer_version_is_left_alone(home, press):
    configure(home, press)
    home.once(press.feeds[0])
    db = sqlite3.connect(home.store)
    db.execute("PRAGMA user_version = 4711")
    db.execute("PRAGMA journal_mode = DELETE")
    db.close()
    with open(home.store, "rb") as file:
        before = file.read()
    done = home.diurnad("--once")
    assert done.returncode != 0
    assert home.store in done.stderr and re.search(r"newer", done.stderr)
    with open(home.store, "rb") as file:
        assert file.read() == before


def test_a_digest_directory_that_is_not_writable(home, press):
    configure(home, press)
    with open(home.digests, "w", encoding="ascii") as file:
        file.write("in the way\n")
    done = home.diurnad("--once", "--edition")
    assert done.returncode != 0
    assert home.digests in done.stderr
    assert len(home.texts()) == len(press.texts)
    os.remove(home.digests)
    home.once("--edition")
    with open(home.path("digests", "latest", "all.md"), encoding="utf-8") as file:
        text = file.read()
    for title, _ in press.texts:
        assert title in text
    assert home.sql("SELECT count(*) FROM v_edition") == [(1,)]


def test_a_second_daemon_on_the_same_store(home, web, press):
    configure(home, press)
    first = home.start()
    first.wait_for(r"diurnad .*: 6 feeds")
    second = home.diurnad("--once")
    assert second.returncode != 0
    assert home.store in second.stderr
    wait_until(lambda: home.sql("SELECT count(*) FROM v_item")[0][0] == len(press.texts), "all items")
    assert first.stop() == 0


def test_a_second_daemon_where_what_stands_beside_the_store_was_removed(home, web, press):
    configure(home, press)
    first = home.start()
    first.wait_for(r"diurnad .*: 6 feeds")
    wait_until(lambda: home.sql("SELECT count(*) FROM v_item")[0][0] == len(press.texts), "all items")
    for name in os.listdir(home.directory):
        if name.startswith("store.db."):
            os.remove(home.path(name))
    second = home.diurnad("--once")
    assert second.returncode == 69 and "another diurnad works on this store" in second.stderr, second.stderr
    assert first.stop() == 0


def test_a_store_that_is_moved_under_a_daemon(home, web, press):
    """Nothing is written where nobody looks for it, and all goes on once it is back."""
    configure(home, press)
    home.once(press.feeds[0])
    daemon = home.start()
    daemon.wait_for(r"diurnad .*: 6 feeds")
    wait_until(lambda: home.sql("SELECT count(*) FROM v_item")[0][0] == len(press.texts), "all items")
    os.rename(home.store, home.path("elsewhere.db"))
    poll = subprocess.Popen([program("diurna"), "--config", home.config, "poll", "--force"], env=home.env,
                            stdout=subprocess.DEVNULL)
    daemon.wait_for("store .*: another file is there, or none; put this one back, or start diurnad anew: ")
    os.rename(home.path("elsewhere.db"), home.store)
    daemon.wait_for("store: written again")
    assert poll.wait(timeout=PATIENCE_S) == 0
    assert daemon.stop() == 0
    assert home.integrity() == []
    assert home.sql("SELECT count(*) FROM v_item") == [(len(press.texts),)]


def test_sql_on_the_views_while_the_daemon_writes(home, web):
    press = Press(web, 30, 6)
    configure(home, press)
    home.once("http://press00.example/feed")
    failures, counts, is_over = [], [], threading.Event()

    def ask():
        while not is_over.is_set():
            try:
                counts.append(home.sql("SELECT count(*) FROM v_item")[0][0])
                home.sql("SELECT * FROM v_feed")
                home.sql("SELECT * FROM v_edition")
            except sqlite3.Error as error:
                failures.append(error)
    readers = [threading.Thread(target=ask) for _ in range(2)]
    for reader in readers:
        reader.start()
    home.once()
    is_over.set()
    for reader in readers:
        reader.join()
    assert failures == []
    assert len(counts) > 20 and max(counts) > min(counts)
    assert home.sql("SELECT count(*) FROM v_item") == [(len(press.texts),)]


def test_addresses_that_were_made_to_look_alike(home, web):
    """These two have one hash of FNV-1a, 64 bits: each is asked all the same, and so is the same one once."""
    names = ("Q_nmp15RbyK", "ts5cbGeJ3_D")

    def fnv(text):
        value = 0xcbf29ce484222325
        for byte in text.encode():
            value = (value ^ byte) * 0x100000001b3 % 2**64
        return value
    feeds = ["http://twin.example/" + name for name in names]
    assert fnv(feeds[0]) == fnv(feeds[1])
    for name in names:
        web.put("twin.example", "/" + name, Page(one_entry_feed("twin.example", "/about-" + name), "application/xml"))
    home.configure({"All": feeds + ["http://TWIN.example/" + names[0]]}, top={"fulltext": False}, digest=OLD)
    home.once()
    assert [len(web.requests("twin.example", "/" + name)) for name in names] == [1, 1]
    assert len(home.sql("SELECT id FROM item")) == 2


def test_a_correction_that_is_taken_back_arrives_though_the_server_knows_us(home, web):
    """A day later: until then it may swing. The document did not change since, and its server says so."""
    first = one_entry_feed("a.example")
    other = first.replace("A story of its own", "Quite another headline").replace("sentence or two", "dozen verses")

    def page(text):
        return Page(text, "application/xml", etag='"%d"' % (text == other))
    web.put("a.example", "/feed", page(first), page(other), page(first))
    home.configure({"All": ["http://a.example/feed"]}, top={"fulltext": False}, poll={"jitter": False})
    titles = []
    for hours in (0, 3, 6, 9, 40, 43):
        home.set_clock("+%d" % (hours * 3600))
        home.once("--force")
        titles += [title for title, in home.sql("SELECT title FROM v_item")]
    assert titles == ["A story of its own"] + ["Quite another headline"] * 3 + ["A story of its own"] * 2
    # What is settled is asked for by its validators again.
    assert web.requests("a.example", "/feed")[-1].is_conditional
