"""The Google Reader API as its clients speak it, and what they change."""

import fcntl
import json
import os
import re
import signal
import tempfile
import threading
from urllib.parse import quote

import pytest

from diurna import wait_until
from reading import Reader
from sites import Page

API = "/reader/api/0/"
READ, STARRED, ALL = ("user/-/state/com.google/" + state for state in ("read", "starred", "reading-list"))
LIST = """<opml version="2.0"><body><outline text="Science"><outline type="rss" text="Stars"
xmlUrl="http://stars.example/feed"/></outline></body></opml>"""
STARS = """<rss version="2.0"><channel><title>%s</title><link>http://stars.example/</link>%s</channel></rss>"""
ITEM = """<item><title>Star %(n)d</title><link>http://stars.example/%(n)d</link><guid>%(n)d</guid>
<description>&lt;p&gt;Number %(n)d shines for as long as somebody looks at it.&lt;/p&gt;</description></item>"""


def rss(title, count=1):
    return Page(STARS % (title, "".join(ITEM % {"n": n} for n in range(count))), type="application/rss+xml")


@pytest.fixture
def reader(home):
    home.web.put("stars.example", "/feed", rss("Stars", 5))
    for n in range(5):
        home.web.put("stars.example", "/%d" % n, Page(
            "<title>Star %d</title><article><h1>Star %d</h1>%s</article>" % (n, n, "".join(
                "<p>In year %d of the survey, somebody looked at number %d for as long as it shone, and wrote down "
                "how bright it was, where it stood, and what else was to be seen around it.</p>" % (year, n)
                for year in range(5)))))
    home.web.put("news.example", "/", Page(
        '<title>News</title><link rel="alternate" type="application/rss+xml" href="/comments/feed">'
        '<link rel="alternate" type="application/rss+xml" href="/feed">'))
    home.web.put("news.example", "/feed", rss("All the news"))
    home.web.put("news.example", "/comments/feed", rss("What people say"))
    with open(home.path("list.opml"), "w", encoding="utf-8") as file:
        file.write(LIST)
    reader = Reader(home, web={"may-subscribe": True}, top={"subscriptions": "list.opml"})
    reader.login()
    return reader


def post(reader, call, form, status=200):
    said, text, _ = reader.ask("POST", API + call, form)
    assert said == status, (call, form, said, text)
    return text


def feeds(reader):
    """url: (title, section)"""
    return {feed["url"]: (feed["title"], feed["categories"][0]["label"])
            for feed in reader.json("subscription/list?output=json")["subscriptions"]}


def id_of(reader, url):
    return [f["id"] for f in reader.json("subscription/list")["subscriptions"] if f["url"] == url][0]


def test_a_page_is_added_with_its_feed_and_the_answer_names_it(reader, home):
    # FreshRSS's form of the answer, which ReadYou and NetNewsWire read; the address may lack its scheme.
    added = json.loads(post(reader, "subscription/quickadd", {"quickadd": "http://news.example/"}))
    assert added["numResults"] == 1 and added["query"] == "http://news.example/"
    assert added["streamName"] == "All the news"
    assert added["streamId"] == id_of(reader, "http://news.example/feed")
    assert feeds(reader)["http://news.example/feed"][1] == "Other"
    assert "http://news.example/feed" in home.diurna("export").stdout
    assert os.path.exists(home.path("list.opml~"))
    again = json.loads(post(reader, "subscription/quickadd", {"quickadd": "feed/http://news.example/feed"}))
    assert again["streamId"] == added["streamId"]
    assert reader.daemon.log.count("changed by a reader") == 1
    assert len(feeds(reader)) == 3
    # It is polled without more ado.
    reader.daemon.wait_for("news.example/feed: . new")
    nothing = json.loads(post(reader, "subscription/quickadd", {"quickadd": "http://nobody.example/"}))
    assert nothing["numResults"] == 0 and "404" in nothing["error"]
    assert json.loads(post(reader, "subscription/quickadd", {"quickadd": "a word"}))["numResults"] == 0
    post(reader, "subscription/quickadd", {"T": ""}, status=400)
    assert reader.ask("GET", API + "subscription/quickadd?quickadd=http://news.example/")[0] == 405


def test_a_subscription_is_made_edited_and_ended(reader, home):
    token = reader.ask("GET", API + "token")[1]
    edit = "subscription/edit"
    form = {"ac": "subscribe", "s": "feed/http://news.example/feed", "a": "user/-/label/World news", "t": "Newsroom"}
    assert post(reader, edit, {**form, "T": token}) == "OK"
    assert feeds(reader)["http://news.example/feed"] == ("Newsroom", "World news")
    number = id_of(reader, "http://news.example/feed")
    assert post(reader, edit, {"ac": "edit", "s": number, "t": 'Käse & "Brot"', "a": "user/-/label/Science"}) == "OK"
    assert feeds(reader)["http://news.example/feed"] == ('Käse & "Brot"', "Science")
    assert post(reader, edit, {"ac": "edit", "s": number, "r": "user/1234/label/Science"}) == "OK"
    assert feeds(reader)["http://news.example/feed"] == ('Käse & "Brot"', "Other")
    assert post(reader, edit, {"ac": "unsubscribe", "s": number}) == "OK"
    assert "http://news.example/feed" not in feeds(reader)
    assert "news.example" not in home.diurna("export").stdout
    assert "not subscribed" in post(reader, edit, {"ac": "unsubscribe", "s": number}, status=404)
    assert "section \"Europe\"" in post(reader, edit, {"ac": "unsubscribe", "s": "feed/http://a.example/feed"}, 409)
    post(reader, edit, {"ac": "dance", "s": number}, status=400)
    post(reader, edit, {"ac": "edit"}, status=400)
    assert home.sql("SELECT state FROM feed WHERE url = 'http://news.example/feed'") == [("unsubscribed",)]


def test_a_section_gets_another_name_and_goes(reader):
    assert post(reader, "rename-tag", {"s": "user/-/label/Science", "dest": "user/-/label/Night sky"}) == "OK"
    assert feeds(reader)["http://stars.example/feed"][1] == "Night sky"
    assert "user/-/label/Night sky" in [tag["id"] for tag in reader.json("tag/list")["tags"]]
    assert post(reader, "disable-tag", {"s": "user/-/label/Night sky"}) == "OK"
    assert feeds(reader)["http://stars.example/feed"][1] == "Other"
    post(reader, "disable-tag", {"s": "user/-/label/Night sky"}, status=404)
    # That one is in the configuration, which is a person's to write.
    assert "line" in post(reader, "rename-tag", {"s": "user/-/label/Europe", "dest": "user/-/label/EU"}, status=409)
    post(reader, "rename-tag", {"s": "user/-/label/Science"}, status=400)


def test_the_list_goes_out_and_in_as_opml(reader, home):
    status, text, headers = reader.ask("GET", API + "subscription/export")
    assert status == 200 and "opml" in headers["Content-Type"]
    assert 'text="Europe"' in text and 'xmlUrl="http://stars.example/feed"' in text
    more = LIST.replace("Stars", "Other stars").replace(
        "</body>", '<outline text="Käse &amp; &quot;Brot&quot;"><outline xmlUrl="http://news.example/feed"/></outline>'
        '<outline xmlUrl="ftp://no.example/"/><outline xmlUrl="http://a.example/feed"/></body>')
    assert post(reader, "subscription/import", more) == "OK"
    # Only what was not there, in its folder; the others as they were. It may have been read by now.
    found, known = feeds(reader), "http://news.example/feed"
    assert found.pop(known) in [(title, 'Käse & "Brot"') for title in (known, "All the news")]
    assert found == {"http://a.example/feed": ("Harbour & Sea", "Europe"),
                     "http://stars.example/feed": ("Stars", "Science")}
    before = open(home.path("list.opml"), encoding="utf-8").read()
    assert post(reader, "subscription/import", more) == "OK"
    assert open(home.path("list.opml"), encoding="utf-8").read() == before
    for wrong in ("", "<html>no list</html>", '<opml version="2.0"><body/></opml>'):
        assert "OPML" in post(reader, "subscription/import", wrong, status=400)
    assert reader.ask("GET", API + "subscription/import")[0] == 405


def test_what_is_not_supported_is_said(reader):
    for wrong in ("", " To read", "To\nread", "x" * 201):
        status = 200 if wrong == "" else 400  # as a tag that is not kept
        said = post(reader, "edit-tag", {"i": "1", "a": "user/-/label/" + wrong}, status=status)
        assert status == 200 or "one line" in said
    assert "no such stream" in reader.ask("GET", API + "stream/contents/user/-/state/com.google/like")[1]
    for call in ("item/edit", "search/items/ids", "recommendation/list"):
        status, said, _ = reader.ask("GET", API + call)
        assert (status, said) == (404, "There is no such call.\n")


def test_a_feed_with_settings_of_its_own_is_taken_out_by_hand(reader, home):
    # Without its list they would be a mistake, and the daemon would not read the configuration again.
    with open(home.config, "a", encoding="utf-8") as file:
        file.write('feed "http://stars.example/feed" { weight = 2 }\n')
    reader.daemon.signal(signal.SIGHUP)
    reader.daemon.wait_for("reloaded: ")
    form = {"ac": "unsubscribe", "s": "feed/http://stars.example/feed"}
    assert "settings of its own" in post(reader, "subscription/edit", form, status=409)
    done = home.diurna("unsubscribe", "http://stars.example/feed")
    assert done.returncode == 78 and "settings of its own" in done.stderr and "line" in done.stderr
    assert "http://stars.example/feed" in feeds(reader)


def test_a_list_that_may_not_be_changed_says_so(reader, home):
    before = open(home.path("list.opml"), encoding="utf-8").read()
    folder = os.open(home.directory, os.O_RDONLY)
    fcntl.flock(folder, fcntl.LOCK_EX)  # as diurna subscribe does while it asks
    unsubscribe = {"ac": "unsubscribe", "s": "feed/http://stars.example/feed"}
    assert "another program" in post(reader, "subscription/edit", unsubscribe, status=503)
    os.close(folder)
    with open(home.config, encoding="utf-8") as file:
        text = file.read()
    home.write_config(re.sub(r".*may-subscribe.*", "", text))
    reader.daemon.signal(signal.SIGHUP)
    reader.daemon.wait_for("reloaded: ")
    said = post(reader, "subscription/edit", unsubscribe, status=403)
    assert "may-subscribe = true" in said and home.config in said
    reader.daemon.wait_for(re.escape(said.strip()))
    for call, form in (("subscription/quickadd", {"quickadd": "http://news.example/"}),
                       ("rename-tag", {"s": "user/-/label/Science", "dest": "user/-/label/Sky"}),
                       ("disable-tag", {"s": "user/-/label/Science"})):
        assert post(reader, call, form, status=403) == said
    assert open(home.path("list.opml"), encoding="utf-8").read() == before


@pytest.mark.parametrize("may", [True, None])
def test_the_walls_let_the_list_be_elsewhere_where_readers_may_change_it(home, may):
    home.web.put("stars.example", "/feed", rss("Stars"))
    with tempfile.TemporaryDirectory(prefix="dl.") as folder:
        with open(os.path.join(folder, "list.opml"), "w", encoding="utf-8") as file:
            file.write(LIST)
        reader = Reader(home, web={"may-subscribe": True} if may else {},
                        top={"subscriptions": os.path.join(folder, "list.opml")})
        if not may:  # the walls stay where they were built
            with open(home.config, encoding="utf-8") as file:
                text = file.read()
            home.write_config(text.replace("web {", "web {\n  may-subscribe = true"))
            reader.daemon.signal(signal.SIGHUP)
            reader.daemon.wait_for("reloaded: ")
        reader.login()
        walled = bool(reader.daemon.said("confined: Landlock"))
        form = {"ac": "unsubscribe", "s": "feed/http://stars.example/feed"}
        text = post(reader, "subscription/edit", form, 200 if may or not walled else 403)
        assert text == "OK" if may or not walled else "Permission denied; the daemon must be allowed" in text
        assert sorted(os.listdir(folder)) == (["list.opml", "list.opml~"] if text == "OK" else ["list.opml"])


def test_who_waits_for_a_page_is_told_that_the_daemon_stops(reader, home):
    home.web.put("slow.example", "/", Page("", delay_s=30))
    answers = []
    thread = threading.Thread(target=lambda: answers.append(
        reader.ask("POST", API + "subscription/quickadd", {"quickadd": "http://slow.example/"})[0]))
    thread.start()
    wait_until(lambda: home.web.requests("slow.example"), "the request for the page")
    reader.daemon.signal(signal.SIGTERM)
    assert reader.daemon.wait() == 0
    thread.join()
    assert answers == [503]


def test_ids_come_in_pages_in_both_orders_and_without_what_is_read(reader):
    def ids(query):
        found, more = [], ""
        while True:
            page = reader.json("stream/items/ids?output=json&s=%s&n=2%s" % (query, more))
            assert len(page["itemRefs"]) <= 2
            found += [int(ref["id"]) for ref in page["itemRefs"]]
            if "continuation" not in page:
                return found
            more = "&c=" + page["continuation"]

    everything = ids(ALL)
    assert len(everything) == 7 and len(set(everything)) == 7
    assert ids(ALL + "&r=o") == everything[::-1]
    stars = ids("user/-/label/Science")
    assert len(stars) == 5
    assert ids("feed/http://stars.example/feed") == ids(id_of(reader, "http://stars.example/feed")) == stars
    assert ids("feed/http://stars.example/feed&xt=" + READ) == stars
    # Two names for one item, in one request, as clients send them.
    form = "i=%016x&i=tag:google.com,2005:reader/item/%016x&a=%s" % (stars[0], stars[1], READ)
    assert reader.ask("POST", API + "edit-tag?" + form)[1] == "OK"
    assert ids("user/-/label/Science&xt=" + READ) == stars[2:]
    assert ids(READ) == ids(ALL + "&it=" + READ) == stars[:2]
    assert post(reader, "edit-tag", {"i": stars[0], "a": "user/-/state/com.google/kept-unread"}) == "OK"
    assert post(reader, "edit-tag", {"i": stars[4], "a": STARRED}) == "OK"
    assert ids(READ) == [stars[1]] and ids(STARRED) == [stars[4]]
    assert ids("user/-/label/Science&xt=%s&xt=%s" % (READ, STARRED)) == [stars[0], stars[2], stars[3]]
    counts = {one["id"]: one["count"] for one in reader.json("unread-count?all=true&output=json")["unreadcounts"]}
    assert counts["user/-/label/Science"] == 4 and counts[ALL] == 6
    # What was read a moment before anything arrived is nothing; what came until the newest is all of it.
    newest = max(int(i["timestampUsec"]) for i in reader.json("stream/contents/" + ALL)["items"]) // 1000000
    assert ids("%s&ot=%d" % (ALL, newest + 1)) == [] == ids("%s&nt=1000" % ALL)
    assert post(reader, "mark-all-as-read", {"s": ALL, "ts": (newest - 86400) * 1000000}) == "OK"
    assert ids(READ) == [stars[1]]
    for stamp in (newest * 1000000, newest, newest * 1000, newest * 1000000000):
        assert post(reader, "mark-all-as-read", {"s": "user/-/label/Science", "ts": stamp}) == "OK"
        assert ids(READ) == stars
        assert post(reader, "edit-tag", {"i": stars[2], "r": READ}) == "OK"
    post(reader, "edit-tag", {"a": READ}, status=400)


def test_items_get_labels_of_their_own(reader, home):
    def ids(label, more=""):
        return [int(ref["id"]) for ref in reader.json("stream/items/ids?n=50&s=user/-/label/%s%s" % (quote(label), more))["itemRefs"]]

    def tags():
        return {tag["id"]: tag.get("type") for tag in reader.json("tag/list?output=json")["tags"]}

    def labels_of(number):
        item, = reader.json("stream/items/contents?i=%d" % number)["items"]
        return [tag.rsplit("/", 1)[1] for tag in item["categories"] if "/label/" in tag]

    def counts():
        return {one["id"]: one["count"] for one in reader.json("unread-count?output=json")["unreadcounts"]}

    stars = ids("Science")
    read = "user/-/label/To read"
    form = "i=%d&i=%d&a=%s&a=user/7/label/K%%C3%%A4se+%%26+%%22Brot%%22" % (*stars[:2], read.replace(" ", "+"))
    assert reader.ask("POST", API + "edit-tag?" + form)[1] == "OK"
    assert tags()[read] == "tag" and tags()["user/-/label/Science"] == "folder"
    assert labels_of(stars[0]) == ["Science", 'Käse & "Brot"', "To read"] and labels_of(stars[2]) == ["Science"]
    assert ids("To read") == stars[:2] and counts()[read] == 2
    assert ids("To read", "&r=o") == stars[1::-1] and ids("To read", "&xt=" + READ) == stars[:2]
    first, = reader.json("stream/contents/" + quote(read) + "?n=1")["items"]
    assert int(first["id"].rsplit("/", 1)[1], 16) == stars[0]
    assert 'term="user/-/label/Käse &amp; &quot;Brot&quot;"' in reader.ask("GET", "/reader/atom/" + quote(read))[1]
    # Twice is once, and what has it not can lose it.
    assert post(reader, "edit-tag", {"i": stars[0], "a": read}) == "OK"
    assert post(reader, "edit-tag", {"i": stars[3], "r": read}) == "OK"
    assert post(reader, "edit-tag", {"i": stars[1], "r": 'user/-/label/Käse & "Brot"', "a": STARRED}) == "OK"
    assert labels_of(stars[1]) == ["Science", "To read"]
    assert post(reader, "mark-all-as-read", {"s": read}) == "OK"
    assert ids("To read", "&xt=" + READ) == [] and len(ids("Science", "&xt=" + READ)) == 3 and read not in counts()
    # One name for a section and a label is one stream, and stands in the list once.
    harbour = int(reader.json("stream/items/ids?n=1&s=user/-/label/Europe")["itemRefs"][0]["id"])
    assert post(reader, "edit-tag", {"i": harbour, "a": "user/-/label/Science"}) == "OK"
    assert set(ids("Science")) == {harbour, *stars} and tags()["user/-/label/Science"] == "folder"
    # A new name, also one that is there; the section keeps its own.
    assert post(reader, "rename-tag", {"s": read, "dest": 'user/-/label/Käse & "Brot"'}) == "OK"
    assert read not in tags() and labels_of(stars[0]) == ["Science", 'Käse & "Brot"'] == labels_of(stars[1])
    assert post(reader, "disable-tag", {"t": 'Käse & "Brot"'}) == "OK"
    assert labels_of(stars[0]) == ["Science"] and 'user/-/label/Käse & "Brot"' not in tags()
    assert post(reader, "disable-tag", {"s": "user/-/label/Science"}) == "OK"
    assert labels_of(harbour) == ["Europe"] and feeds(reader)["http://stars.example/feed"][1] == "Other"
    post(reader, "disable-tag", {"s": read}, status=404)
    assert home.diurna("check", "--store", "--quiet").returncode == 0


def test_labels_are_changed_where_the_list_of_feeds_may_not_be(reader, home):
    with open(home.config, encoding="utf-8") as file:
        text = file.read()
    home.write_config(re.sub(r".*may-subscribe.*", "", text))
    reader.daemon.signal(signal.SIGHUP)
    reader.daemon.wait_for("reloaded: ")
    one = reader.json("stream/items/ids?n=1&s=" + ALL)["itemRefs"][0]["id"]
    post(reader, "edit-tag", {"i": one, "a": "user/-/label/Later"})
    assert post(reader, "rename-tag", {"s": "user/-/label/Later", "dest": "user/-/label/Soon"}) == "OK"
    assert home.sql("SELECT label, item_id FROM item_label") == [("Soon", int(one))]
    assert post(reader, "disable-tag", {"s": "user/-/label/Soon"}) == "OK"
    assert home.sql("SELECT count(*) FROM item_label") == [(0,)]


def test_a_label_outlives_the_subscription(reader):
    stars = [ref["id"] for ref in reader.json("stream/items/ids?s=user/-/label/Science&n=9")["itemRefs"]]
    assert post(reader, "edit-tag", {"i": stars[0], "a": "user/-/label/Keep"}) == "OK"
    assert post(reader, "subscription/edit", {"ac": "unsubscribe", "s": "feed/http://stars.example/feed"}) == "OK"
    assert [ref["id"] for ref in reader.json("stream/items/ids?s=user/-/label/Keep")["itemRefs"]] == [stars[0]]


def test_items_of_an_ended_subscription_are_not_unread_for_ever(reader):
    stars = [ref["id"] for ref in reader.json("stream/items/ids?s=user/-/label/Science&n=9")["itemRefs"]]
    assert post(reader, "edit-tag", {"i": stars[0], "a": STARRED}) == "OK"
    assert post(reader, "subscription/edit", {"ac": "unsubscribe", "s": "feed/http://stars.example/feed"}) == "OK"
    assert len(reader.json("stream/items/ids?s=%s&n=100" % ALL)["itemRefs"]) == 2
    assert [ref["id"] for ref in reader.json("stream/items/ids?s=" + STARRED)["itemRefs"]] == [stars[0]]
    assert reader.json("stream/items/contents?i=" + stars[0])["items"][0]["title"].startswith("Star")


def test_a_wrong_token_of_changes_is_told_by_its_header(reader):
    form = {"i": 1, "a": READ, "T": "0" * 57}
    status, _, headers = reader.ask("POST", API + "edit-tag", form)
    assert status == 401 and headers["X-Reader-Google-Bad-Token"] == "true"
    assert post(reader, "edit-tag", {"i": 1, "a": READ, "T": ""}) == "OK"  # some send it empty


def test_login_as_json_and_calls_of_older_clients(reader):
    status, text, _ = reader.ask("POST", "/accounts/ClientLogin", {
        "output": "json", "Email": "me", "Passwd": "open sesame", "client": "ReadYou", "accountType":
        "HOSTED_OR_GOOGLE", "service": "reader"})
    assert status == 200 and json.loads(text)["Auth"] == reader.token
    assert reader.json("preference/list?output=json")["prefs"] == []
    assert reader.json("preference/stream/list")["streamprefs"] == {}
    assert set(reader.json("user-info?output=json")) >= {"userId", "userName", "userProfileId", "userEmail"}
    # By POST, in the body, as NetNewsWire and ReadYou ask for texts.
    refs = reader.json("stream/items/ids?s=%s&n=3" % ALL)["itemRefs"]
    body = "output=json" + "".join("&i=%016x" % int(ref["id"]) for ref in refs)
    items = json.loads(reader.ask("POST", API + "stream/items/contents?" + body)[1])["items"]
    assert {int(item["id"].rsplit("/", 1)[1], 16) for item in items} == {int(ref["id"]) for ref in refs}
