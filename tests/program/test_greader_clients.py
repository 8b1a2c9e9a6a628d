"""The Google Reader API, asked as programs of the field ask: the order, form and names of their requests."""

import json
import urllib.parse
import xml.etree.ElementTree as ElementTree

import pytest

from reading import Reader
from sites import Page

API = "/reader/api/0/"
READ, STARRED, ALL = ("user/-/state/com.google/" + state for state in ("read", "starred", "reading-list"))
PODCAST = """<rss version="2.0"><channel><title>Tower talk</title><link>http://talk.example/</link>%s</channel></rss>"""
EPISODE = """<item><title>Episode %(n)d</title><link>http://talk.example/%(n)d</link><guid>%(n)d</guid>
<enclosure url="http://talk.example/%(n)d.mp3?a=1&amp;b=2" type="audio/mpeg" length="%(n)d000"/>
<description>&lt;p&gt;What the bell said on day %(n)d of the storm.&lt;/p&gt;</description></item>"""


@pytest.fixture
def reader(home):
    home.web.put("talk.example", "/feed", Page(
        PODCAST % "".join(EPISODE % {"n": n} for n in range(1, 6)), type="application/rss+xml"))
    for n in range(1, 6):
        home.web.put("talk.example", "/%d" % n, Page("<title>Episode %d</title><article><h1>Episode %d</h1>%s</article>" % (
            n, n, "".join("<p>On day %d of the storm, in hour %d, the bell said what it had to say, slowly, to all who "
                          "lived below it, and some of them wrote it down.</p>" % (n, hour) for hour in range(5)))))
    with open(home.path("list.opml"), "w", encoding="utf-8") as file:
        file.write('<opml version="2.0"><body><outline text="Talk"><outline type="rss" text="Tower talk" '
                   'xmlUrl="http://talk.example/feed"/></outline></body></opml>')
    return Reader(home, web={"may-subscribe": True}, top={"subscriptions": "list.opml"})


def body(reader, call, text, status=200):
    """POST with a body as it stands: the same name more than once."""
    said, answer, _ = reader.ask("POST", API + call, urllib.parse.parse_qsl(text, keep_blank_values=True))
    assert said == status, (call, text, said, answer)
    return answer


def hexes(items):
    return [item["id"].rsplit("/", 1)[1] for item in items]


def unread(reader):
    return {int(ref["id"]) for ref in
            reader.json("stream/items/ids?output=json&s=%s&xt=%s&n=1000" % (ALL, READ))["itemRefs"]}


def test_as_fluent_reader(reader):
    reader.login()
    assert reader.ask("GET", API + "user-info")[0] == 200
    sources = reader.json("subscription/list?output=json")["subscriptions"]
    assert {(s["categories"][0]["label"], s["url"]) for s in sources} == {
        ("Europe", "http://a.example/feed"), ("Talk", "http://talk.example/feed")}
    starred = reader.json("stream/items/ids?output=json&s=%s&n=1000" % STARRED)
    assert starred["itemRefs"] == [] and "continuation" not in starred
    # Its pages of 125, here of 3: each knows its source, its link and its times.
    items, more, last = [], "", 0
    while more is not None:
        page = reader.json("stream/contents?output=json&n=3" + more)
        items += page["items"]
        more = "&c=" + page["continuation"] if "continuation" in page else None
    assert len(items) == 7 == len({item["id"] for item in items})
    for item in items:
        assert item["origin"]["streamId"] in {s["id"] for s in sources}
        assert item["canonical"][0]["href"].startswith("http://") and item["published"] > 0
        last = max(last, int(item["crawlTimeMsec"]) // 1000)
    # What was fetched before is not new after it.
    assert reader.json("stream/contents?output=json&n=125&ot=%d" % (last + 1))["items"] == []
    decimals = [str(int(figures, 16)) for figures in hexes(items)]
    assert unread(reader) == {int(n) for n in decimals}
    # One body for many: "i=1&i=2&a=TAG".
    assert body(reader, "edit-tag", "i=%s&a=%s" % ("&i=".join(decimals[:2]), READ)) == "OK"
    assert unread(reader) == {int(n) for n in decimals[2:]}
    assert body(reader, "edit-tag", "i=%s&r=%s" % (decimals[0], READ)) == "OK"
    assert body(reader, "edit-tag", "i=%s&a=%s" % (decimals[0], STARRED)) == "OK"
    talk = [s["id"] for s in sources if s["title"] == "Tower talk"][0]
    assert body(reader, "mark-all-as-read", "s=" + talk) == "OK"
    assert all(item["origin"]["streamId"] != talk or int(figures, 16) not in unread(reader)
               for item, figures in zip(items, hexes(items)))


def test_as_netnewswire(reader):
    status, text, _ = reader.ask("POST", "/accounts/ClientLogin", {"Email": "me", "Passwd": "open sesame"})
    # It splits every line at "=".
    assert status == 200 and all(len(line.split("=")) == 2 for line in text.split("\n") if line)
    reader.login()
    token = reader.ask("GET", API + "token")[1]
    assert {"id": "user/-/label/Talk", "type": "folder"} in reader.json("tag/list?output=json")["tags"]
    subscriptions = reader.json("subscription/list?output=json")["subscriptions"]
    assert all({"id", "title", "categories", "url", "htmlUrl", "iconUrl"} <= set(s) for s in subscriptions)
    ids = reader.json("stream/items/ids?ot=1000&n=1000&output=json&s=" + ALL)["itemRefs"]
    assert len(ids) == 7
    long_form = ["tag:google.com,2005:reader/item/%016x" % int(ref["id"]) for ref in ids]
    answer = json.loads(body(reader, "stream/items/contents", "T=%s&output=json&%s" % (
        token, "&".join("i=" + form for form in long_form))))
    assert {item["id"] for item in answer["items"]} == set(long_form)
    body(reader, "edit-tag", "T=%s&%s&a=%s" % (token, "&".join("i=" + form for form in long_form), READ))
    assert unread(reader) == set()
    # As many at once as it sends, known or not.
    many = "&".join("i=tag:google.com,2005:reader/item/%016x" % n for n in range(1, 1001))
    assert body(reader, "edit-tag", "T=%s&%s&r=%s" % (token, many, READ)) == "OK"
    assert len(unread(reader)) == 7
    number = [s["id"] for s in subscriptions if s["title"] == "Tower talk"][0]
    assert body(reader, "subscription/edit", "T=%s&s=%s&ac=edit&t=Bells" % (token, number)) == "OK"
    assert body(reader, "subscription/edit", "T=%s&s=%s&ac=edit&a=user/-/label/Sounds" % (token, number)) == "OK"
    after = {s["id"]: s for s in reader.json("subscription/list?output=json")["subscriptions"]}[number]
    assert (after["title"], after["categories"][0]["label"]) == ("Bells", "Sounds")


def test_as_reeder_and_feedme(reader):
    reader.login()
    # One sends its token as "x", the other an empty one; ids as 16 bare figures of hex; numbered users.
    items = reader.json("stream/contents/user/-/label/Talk?n=20&output=json&xt=%s&client=FeedMe" % READ)["items"]
    assert len(items) == 5
    for token, figures in zip(("x", ""), hexes(items)):
        assert body(reader, "edit-tag", "T=%s&i=%s&a=user/1/state/com.google/read&ac=edit" % (token, figures)) == "OK"
        assert int(figures, 16) not in unread(reader)
    seen = {int(figures, 16) for figures in hexes(items)[:2]}
    for query in ("it=user/-/state/com.google/unread", "xt=user/-/state/com.google/read"):
        page = reader.json("stream/items/ids?output=json&n=10000&s=user/1/label/Talk&" + query)
        assert {int(ref["id"]) for ref in page["itemRefs"]} == {int(f, 16) for f in hexes(items)} - seen
    page = reader.json("stream/items/ids?output=json&n=10000&s=%s&xt=user/-/state/com.google/unread" % ALL)
    assert {int(ref["id"]) for ref in page["itemRefs"]} == seen
    counts = reader.json("unread-count?output=json&all=1&client=FeedMe")["unreadcounts"]
    assert {"user/-/label/Talk": 3, ALL: 5}.items() <= {one["id"]: one["count"] for one in counts}.items()


def test_what_is_attached_can_be_heard(reader):
    reader.login()
    items = reader.json("stream/contents/user/-/label/Talk")["items"]
    first = [item for item in items if item["title"] == "Episode 1"][0]
    assert first["enclosure"] == [{"href": "http://talk.example/1.mp3?a=1&b=2", "type": "audio/mpeg", "length": 1000}]
    assert all("enclosure" not in item for item in reader.json("stream/contents/user/-/label/Europe")["items"])
    status, text, _ = reader.ask("GET", "/reader/atom/user/-/label/Talk")
    links = ElementTree.fromstring(text).iterfind(".//{*}link[@rel='enclosure']")
    assert status == 200 and {(link.get("href"), link.get("type")) for link in links} == {
        ("http://talk.example/%d.mp3?a=1&b=2" % n, "audio/mpeg") for n in range(1, 6)}
