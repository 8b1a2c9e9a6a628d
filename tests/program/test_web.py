"""Reading in a browser and by other programs: who is let in, the pages, the Google Reader API."""

import base64
import http.client
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import tempfile
import threading
import time

import pytest

from diurna import PATIENCE_S, Daemon, block, program, wait_until
from reading import Connection, Reader, on_a_port


@pytest.fixture
def reader(home):
    return Reader(home)


def test_only_who_knows_the_password_is_let_in(reader):
    assert reader.ask("GET", "/")[0] == 401
    assert "Basic" in reader.ask("GET", "/")[2]["WWW-Authenticate"]
    assert reader.ask("GET", "/reader/api/0/subscription/list")[0] == 401
    for form in ({"Email": "me", "Passwd": "open"}, {"Email": "you", "Passwd": "open sesame"}, {"Email": "me"}):
        assert reader.ask("POST", "/accounts/ClientLogin", form)[0] == 403
    reader.token = "0" * 64
    assert reader.ask("GET", "/reader/api/0/token")[0] == 401
    reader.token = None
    assert reader.page("/")[0] == 200
    assert "open sesame" not in reader.daemon.log


def test_who_guesses_passwords_waits_for_each_answer(reader):
    """Whatever the way to ask: none tells at once whether a guess is right, nor does a stop wait for it."""
    basic = {"Authorization": "Basic " + base64.b64encode(b"me:wrong").decode()}
    token = {"Authorization": "GoogleLogin auth=" + "0" * 64}
    for method, path, form, headers in (
            ("GET", "/", None, basic), ("POST", "/", {"a": "x" * 300000}, basic),
            ("POST", "/accounts/ClientLogin", {"Email": "me", "Passwd": "wrong"}, {}),
            ("GET", "/reader/api/0/token", None, token),
            ("POST", "/reader/api/0/edit-tag", {"a": "x" * 300000}, token)):
        start = time.monotonic()
        try:
            assert reader.ask(method, path, form, headers)[0] in (401, 403)
        except (BrokenPipeError, ConnectionResetError):
            assert method == "POST"  # it was answered while it wrote
        assert time.monotonic() - start >= 1, (method, path)
    connection = Connection(reader.path)
    connection.request("GET", "/", headers=basic)
    wait_until(lambda: reader.page("/")[0] == 200, "others to be answered")
    assert reader.daemon.stop() == 0


def test_who_guesses_passwords_does_not_keep_others_out(reader):
    """On more connections than it takes, each of which stays and asks again."""
    guess = b"GET / HTTP/1.1\r\nHost: x\r\nAuthorization: Basic bWU6eA==\r\n\r\n"
    over = threading.Event()

    def guesser():
        while not over.is_set():
            with socket.socket(socket.AF_UNIX) as client:
                client.settimeout(5)
                try:
                    client.connect(reader.path)
                    while not over.is_set():
                        client.sendall(guess)
                        if not client.recv(65536):
                            break
                except OSError:  # closed, or no place in the queue
                    time.sleep(0.05)
    guessers = [threading.Thread(target=guesser) for _ in range(80)]
    for thread in guessers:
        thread.start()

    def answers():
        try:
            return reader.page("/")[0] == 200
        except OSError:
            return False
    try:
        time.sleep(2)  # all places are taken
        for _ in range(3):
            wait_until(answers, "an answer", 30)
    finally:
        over.set()
        for thread in guessers:
            thread.join()
    assert reader.daemon.stop() == 0


def test_it_listens_again_after_too_many_have_come(reader, home):
    held = []
    for _ in range(70):  # six more than it takes
        held.append(socket.socket(socket.AF_UNIX))
        held[-1].connect(reader.path)
        held[-1].sendall(b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow:")
    assert home.diurna("poll", "http://a.example/feed").returncode == 0
    for client in held:
        client.close()

    def answers():
        try:
            return reader.page("/")[0] == 200
        except BlockingIOError:  # all places in the queue are taken
            return False
    wait_until(answers, "an answer")


def test_a_request_with_many_values(reader):
    reader.login()
    items = [int(ref["id"]) for ref in reader.json("stream/items/ids?s=user/-/state/com.google/reading-list")["itemRefs"]]
    query = "&".join("i=%d" % n for n in items + list(range(1000, 1900)))
    assert len(reader.json("stream/items/contents?" + query)["items"]) == len(items)


def test_pages(reader):
    status, text, _ = reader.page("/")
    assert status == 200 and "Harbour &amp; Sea" in text and 'href="/search"' in text
    status, text, headers = reader.page("/latest/europe.html")
    assert status == 200 and "The harbour was quiet" in text
    assert headers["Content-Type"] == "text/html; charset=utf-8"
    assert reader.page("/latest")[2]["Location"] == "/latest/index.html"
    status, text, _ = reader.page("/search?q=harbour")
    assert status == 200 and "Quiet &lt;morning&gt;" in text and "Loud" not in text
    assert "form-action 'self'" in text
    assert "alert" in reader.page("/search?q=%22")[1]
    assert "Nothing matches" in reader.page("/search?q=zebra")[1]
    assert 'value="&quot;&gt;&lt;script&gt;' in reader.page("/search?q=%22%3E%3Cscript%3E")[1]


def test_what_is_found_leads_to_editions_that_are_kept(reader, home):
    name = os.readlink(home.path("digests", "latest"))
    link = '<a href="/%s/index.html">%s</a>' % (name, name)
    assert link in reader.page("/search?q=harbour")[1]
    os.rename(home.path("digests", name), home.path("digests", ".%s.old" % name))
    page = reader.page("/search?q=harbour")[1]
    assert name in page and link not in page


def test_nothing_outside_of_the_digests_is_given(reader, home):
    os.mkdir(home.path("digests-old"))
    os.symlink(home.path("digests-old"), home.path("digests", "planted"))
    os.symlink("/etc/hostname", home.path("digests", "hostname.txt"))
    for path in ("/../digests-old", "/planted", "/hostname.txt", "/../", "/../store.db", "/%2e%2e/store.db", "/..%2fsecret", "/latest/../../diurna.conf", "//etc/passwd",
                 "/nothing", "/latest/../../store.db", "/reader/atom", "/store.db"):
        assert reader.page(path)[0] == 404, path
    # Nor does the way to a folder lead to another host.
    assert reader.page("//latest")[2]["Location"] == "/latest/index.html"


def test_the_interface_of_google_reader(reader, home):
    reader.login()
    token = reader.ask("GET", "/reader/api/0/token")[1]
    assert len(token) == 64
    feed = reader.json("subscription/list?output=json")["subscriptions"][0]
    assert (feed["title"], feed["categories"][0]["label"]) == ("Harbour & Sea", "Europe")
    assert "user/-/label/Europe" in [t["id"] for t in reader.json("tag/list")["tags"]]
    counts = {c["id"]: c["count"] for c in reader.json("unread-count")["unreadcounts"]}
    assert counts[feed["id"]] == counts["user/-/label/Europe"] == counts["user/-/state/com.google/reading-list"] == 2

    items = reader.json("stream/contents/%s?n=10" % feed["id"])["items"]
    assert {i["title"] for i in items} == {"Quiet <morning>", "Loud evening"}
    assert "<p>" in items[0]["summary"]["content"] and items[0]["canonical"][0]["href"].startswith("http://a.example/")
    one = reader.json("stream/contents/user/-/label/Europe?n=1")
    two = reader.json("stream/contents/user/-/label/Europe?n=1&c=" + one["continuation"])
    assert one["items"][0]["id"] != two["items"][0]["id"]
    refs = reader.json("stream/items/ids?s=user/-/state/com.google/reading-list&n=100")["itemRefs"]
    assert {"tag:google.com,2005:reader/item/%016x" % int(r["id"]) for r in refs} == {i["id"] for i in items}
    whole = reader.json("stream/items/contents?i=%s" % refs[0]["id"])["items"]
    assert len(whole) == 1

    read, starred = "user/-/state/com.google/read", "user/-/state/com.google/starred"
    edit = "/reader/api/0/edit-tag"
    assert reader.ask("POST", edit, {"i": items[0]["id"], "a": read, "T": token})[1] == "OK"
    unread = reader.json("stream/contents/user/-/state/com.google/reading-list?xt=" + read)["items"]
    assert [i["id"] for i in unread] == [items[1]["id"]]
    assert read in reader.json("stream/items/contents?i=" + items[0]["id"])["items"][0]["categories"]
    assert reader.ask("POST", edit, {"i": items[0]["id"], "r": read, "a": starred})[1] == "OK"
    assert [i["id"] for i in reader.json("stream/contents/" + starred)["items"]] == [items[0]["id"]]
    assert home.sql("SELECT count(*) FROM v_item WHERE starred") == [(1,)]
    assert reader.ask("POST", "/reader/api/0/mark-all-as-read", {"s": feed["id"], "T": token})[1] == "OK"
    assert reader.json("unread-count")["unreadcounts"][-1]["count"] == 0
    assert reader.ask("GET", edit)[0] == 405
    assert reader.ask("GET", "/reader/api/0/stream/contents/feed/x")[0] == 404
    assert reader.ask("GET", "/api/greader.php/reader/api/0/user-info")[0] == 200
    assert reader.daemon.stop() == 0


def test_the_walls_let_the_socket_and_the_password_be_elsewhere(home):
    with tempfile.TemporaryDirectory(prefix="dw.") as folder:
        reader = Reader(home, folder=folder)
        assert reader.page("/")[0] == 200
        assert reader.daemon.stop() == 0
        assert os.listdir(folder) == ["secret"]


def test_a_port_stays_closed_when_a_reload_takes_the_password(home):
    reader = on_a_port(home)
    text = open(home.config, encoding="utf-8").read()
    home.write_config(text[:text.index("web {")])
    reader.daemon.signal(signal.SIGHUP)
    reader.daemon.wait_for("reloaded: ")
    assert reader.ask("GET", "/")[0] == 401
    assert reader.daemon.stop() == 0


def test_a_file_that_is_no_socket_stays(home):
    with open(home.path("web"), "w", encoding="ascii") as file:
        file.write("mine")
    reader = Reader(home)
    assert reader.daemon.said("web: Address already in use; not listening")
    assert open(reader.path, encoding="ascii").read() == "mine"
    assert reader.daemon.stop() == 0
    assert os.path.exists(reader.path)


def test_a_change_that_comes_while_it_stops_is_refused(reader, home):
    reader.login()
    line = ("POST /reader/api/0/edit-tag?i=1&a=user/-/state/com.google/read HTTP/1.1\r\nHost: localhost\r\n"
            "Authorization: GoogleLogin auth=%s\r\nContent-Length: 0\r\n\r\n" % reader.token).encode()
    clients = []
    store = sqlite3.connect(home.store, isolation_level=None)
    store.execute("BEGIN IMMEDIATE")  # nothing is written: the first of each waits, the second behind it
    for _ in range(4):
        clients.append(socket.socket(socket.AF_UNIX))
        clients[-1].settimeout(PATIENCE_S)
        clients[-1].connect(reader.path)
        clients[-1].sendall(line * 2)
    reader.page("/nothing")  # they have been read
    reader.daemon.signal(signal.SIGTERM)
    reader.daemon.wait_for("stop asked for")
    answers = [client.recv(100) for client in clients]
    assert reader.daemon.wait() == 0
    assert all(b" 503 " in answer for answer in answers if answer)
    store.close()
    for client in clients:
        client.close()


def test_a_port_without_a_password_is_a_mistake(home):
    home.configure({"Europe": []})
    for listen, said in (("127.0.0.1:8085", "password-file"), ("0.0.0.0:80", "was meant"), ("8085", "was meant")):
        text = open(home.config, encoding="utf-8").read()
        home.write_config(text + block("web", {"listen": listen}))
        done = home.diurna("check")
        assert done.returncode == 78 and said in done.stdout
        home.write_config(text)


def test_a_socket_is_for_its_group(home):
    reader = Reader(home)
    assert os.stat(reader.path).st_mode & 0o777 == 0o660
    assert reader.daemon.stop() == 0
    assert not os.path.exists(reader.path)
    # Its permissions are enough.
    text = open(home.config, encoding="utf-8").read()
    home.write_config(text[:text.index("web {")] + block("web", {"listen": reader.path}))
    home.start().wait_for("web: listening")
    status, text, _ = reader.ask("GET", "/search")
    assert status == 200 and "<form" in text


@pytest.mark.parametrize("source", ["feedhq", "freshrss"])
def test_newsboat_reads_and_marks(home, source):
    if not shutil.which("newsboat"):
        pytest.skip("newsboat is not there")
    said = subprocess.run(["newsboat", "--version"], stdout=subprocess.PIPE, text=True).stdout
    version = [int(n) for n in re.search(r"(\d+)\.(\d+)", said).groups()]
    # FeedHQ is asked in Atom, FreshRSS in JSON; that of Debian 12 knows the first only.
    if source == "freshrss" and version < [2, 22]:
        pytest.skip("this newsboat does not know FreshRSS")
    reader = on_a_port(home)
    folder = home.path("newsboat")
    os.mkdir(folder)
    with open(os.path.join(folder, "config"), "w", encoding="utf-8") as file:
        file.write('urls-source "%s"\n%s-url "http://127.0.0.1:%d"\n%s-login "me"\n%s-password "open sesame"\n' % (
            source, source, reader.port, source, source))
    with open(os.path.join(folder, "urls"), "w", encoding="utf-8"):
        pass
    command = ["newsboat", "-C", os.path.join(folder, "config"), "-u", os.path.join(folder, "urls"),
               "-c", os.path.join(folder, "cache.db")]
    env = {**home.env, "TERM": "dumb"}

    def newsboat(*what):
        done = subprocess.run([*command, *what], env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True, timeout=PATIENCE_S)
        assert done.returncode == 0, done.stdout
        return done.stdout

    newsboat("-x", "reload")
    assert newsboat("-x", "print-unread").startswith("2 unread")
    with sqlite3.connect(os.path.join(folder, "cache.db")) as cache:
        item = cache.execute("SELECT guid FROM rss_item LIMIT 1").fetchone()[0]
    reader.login()
    read = {"i": item, "a": "user/-/state/com.google/read"}
    assert reader.ask("POST", "/reader/api/0/edit-tag", read)[1] == "OK"
    newsboat("-x", "reload")
    assert newsboat("-x", "print-unread").startswith("1 unread")


@pytest.mark.parametrize("has_password", [True, False])
def test_a_socket_of_systemd_is_taken(home, has_password):
    Reader(home).daemon.stop()
    if not has_password:
        text = open(home.config, encoding="utf-8").read()
        home.write_config(text[:text.index("web {")])
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(8)
        os.set_inheritable(listening.fileno(), True)
        script = "exec 3<&%d; LISTEN_FDS=1 LISTEN_PID=$$ exec %s --config %s" % (
            listening.fileno(), program("diurnad"), home.config)
        process = subprocess.Popen(["bash", "-c", script], env=home.env, close_fds=False,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        daemon = Daemon(process)
        home.daemons.append(daemon)
        daemon.wait_for("web: listening on a socket of systemd")
        daemon.wait_for(r"diurnad .*: \d+ feed")
        assert bool(daemon.said("a port without a password-file")) == (not has_password)
        with open("/proc/%d/fdinfo/3" % process.pid, encoding="ascii") as file:
            flags = int(re.search(r"flags:\s*(\d+)", file.read()).group(1), 8)
        assert flags & os.O_CLOEXEC  # not for what the daemon starts
        port = listening.getsockname()[1]
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)
        connection.request("GET", "/")
        assert connection.getresponse().status == 401
        connection.close()
        assert daemon.stop() == 0


def test_a_browser_shows_and_searches(home):
    browser = shutil.which("chromium") or shutil.which("chromium-browser")
    if not browser:
        pytest.skip("chromium is not there")
    reader = on_a_port(home)
    profile = tempfile.mkdtemp(prefix="dc.")
    try:
        done = subprocess.run(
            [browser, "--headless", "--no-sandbox", "--disable-gpu", "--user-data-dir=" + profile, "--dump-dom",
             "http://me:open%%20sesame@127.0.0.1:%d/search?q=harbour" % reader.port],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, timeout=2 * PATIENCE_S)
    finally:
        shutil.rmtree(profile, ignore_errors=True)
    assert "Quiet &lt;morning&gt;" in done.stdout and "role=\"search\"" in done.stdout
