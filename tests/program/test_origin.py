"""Extra: a load server with a corpus of real pages, where both are beside the sources.

Hundreds of pages under their own host names, asked through a proxy; every entry that is served
must be stored once with its article, and a second round must not ask for anything twice.
"""

import json
import os
import subprocess
import urllib.request

import pytest

from diurna import PATIENCE_S, SOURCE, wait_until


def shared(*names):
    """A path in ../shared of the sources, or of the checkout whose build this is."""
    folder = SOURCE
    while folder != "/":
        path = os.path.join(folder, "shared", *names)
        if os.path.exists(path):
            return path
        folder = os.path.dirname(folder)
    return None


ORIGIN = shared("tools", "origin")
CORPUS = shared("corpus", "articles")
SITES, ITEMS = 20, 15

pytestmark = pytest.mark.skipif(not (ORIGIN and CORPUS), reason="the corpus is not there")


class Origin:
    def __init__(self, folder):
        path = os.path.join(folder, "origin.port")
        self.process = subprocess.Popen(
            [ORIGIN, "--port", "0", "--port-file", path, "--sites", str(SITES), "--items", str(ITEMS),
             "--corpus", CORPUS, "--corpus-types", "article", "--links", "http", "--seed", "7",
             "--max-seconds", "900"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_until(lambda: os.path.exists(path) and os.path.getsize(path), "the origin", PATIENCE_S * 2)
        with open(path, encoding="ascii") as file:
            self.proxy = "http://127.0.0.1:%d" % json.load(file)["port"]

    def ask(self, what):
        with urllib.request.urlopen(self.proxy + "/_admin/" + what, timeout=60) as answer:
            return [json.loads(line) for line in answer.read().splitlines()]

    def close(self):
        self.process.terminate()
        self.process.wait()


@pytest.fixture
def origin(tmp_path):
    made = Origin(str(tmp_path))
    yield made
    made.close()


def test_real_pages_once_and_only_conditional_requests_after(home, origin):
    feeds = ["http://site%03d.example/feed.xml" % n for n in range(SITES)]
    sections = {"North": feeds[::2], "South": feeds[1::2]}
    home.configure(sections, proxy=origin.proxy, poll={"jitter": False},
                   digest={"max-first": 10000, "max-age": "36500d"})
    home.once("--edition", timeout_s=600)
    truth = [t for t in origin.ask("truth")]
    addresses = {t["url"] for t in truth}
    assert len(addresses) > 250

    # Every address that a feed showed is a sighting of one item, and every item has a text.
    assert home.sql("SELECT count(*) FROM v_sighting") == [(len(truth),)]
    items = home.sql("SELECT id, url, text FROM v_item")
    assert len({url for _, url, _ in items}) == len(items) <= len(addresses)
    assert [url for _, url, text in items if not text] == []
    # Pages of one corpus that are copies of one another are few.
    assert len(items) > 0.97 * len(addresses)
    assert home.sql("SELECT count(*), count(DISTINCT item_id) FROM edition_item") == [(len(items),) * 2]
    assert home.temporary_files() == []

    last = origin.ask("log")[-1]["seq"]
    home.set_clock("+90000")
    home.once("--force", timeout_s=600)
    later = origin.ask("log?since=%d" % last)
    asked = [r for r in later if r["seq"] > last and "/_admin" not in r["path"]]
    assert len(asked) == SITES
    for request in asked:
        names = {name.lower() for name, _ in request["headers"]}
        assert names & {"if-none-match", "if-modified-since"}, request
        assert request["status"] == 304, request
    assert home.sql("SELECT count(*) FROM v_item") == [(len(items),)]
