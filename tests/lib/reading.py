"""A daemon that is read by browsers and by other readers."""

import base64
import http.client
import json
import os
import socket
import subprocess
import urllib.parse

import pytest

from diurna import PATIENCE_S, block, program
from sites import Page

FEED = """<rss version="2.0"><channel><title>Harbour &amp; Sea</title><link>http://a.example/</link>
<item><title>Quiet &lt;morning&gt;</title><link>http://a.example/1</link><guid>1</guid>
<description>&lt;p&gt;The harbour was quiet on that morning.&lt;/p&gt;</description></item>
<item><title>Loud evening</title><link>http://a.example/2</link><guid>2</guid>
<description>&lt;p&gt;Bells rang over the water all evening long.&lt;/p&gt;</description></item>
</channel></rss>"""


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Connection(http.client.HTTPConnection):
    """To a Unix socket."""

    def __init__(self, path):
        super().__init__("localhost", timeout=PATIENCE_S)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


class Reader:
    """A running daemon that listens, and a client of it.

    folder: of the socket and the password; web: more of that block; more: for the configuration.
    """

    def __init__(self, home, port=None, folder=None, web={}, **more):
        done = subprocess.run([program("diurnad"), "--version"], stdout=subprocess.PIPE, text=True)
        if "web" not in done.stdout:
            pytest.skip("built without libmicrohttpd")
        self.port = port
        self.path = os.path.join(folder or home.directory, "web")
        secret = os.path.join(folder or home.directory, "secret")
        home.web.put("a.example", "/feed", Page(FEED, type="application/rss+xml"))
        with open(secret, "w", encoding="utf-8") as file:
            file.write("open sesame\n")
        os.chmod(secret, 0o600)
        home.configure({"Europe": ["http://a.example/feed"]}, **more)
        with open(home.config, "a", encoding="utf-8") as file:
            file.write(block('feed "http://a.example/feed"', {"fulltext": False}) + block("web", {
                "listen": "127.0.0.1:%d" % port if port else self.path, "user": "me", "password-file": secret,
                **web}))
        home.once("--edition")
        self.daemon = home.start()
        self.daemon.wait_for("web.* listening")
        self.token = None

    def ask(self, method, path, form=None, headers={}):
        connection = Connection(self.path)
        if self.port:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
        body = form if isinstance(form, str) else urllib.parse.urlencode(form) if form else None
        if body and not isinstance(form, str):
            headers = {**headers, "Content-Type": "application/x-www-form-urlencoded"}
        if self.token:
            headers = {**headers, "Authorization": "GoogleLogin auth=" + self.token}
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        return answer.status, text.decode(), dict(answer.getheaders())

    def login(self):
        status, text, _ = self.ask("POST", "/accounts/ClientLogin", {"Email": "me", "Passwd": "open sesame"})
        assert status == 200
        self.token = text.split("Auth=")[1].strip()

    def page(self, path):
        basic = base64.b64encode(b"me:open sesame").decode()
        return self.ask("GET", path, headers={"Authorization": "Basic " + basic})

    def json(self, path):
        status, text, _ = self.ask("GET", "/reader/api/0/" + path)
        assert status == 200, (path, status, text)
        return json.loads(text)


def on_a_port(home, **more):
    """For programs that know no Unix sockets; another test may take the port before us."""
    for _ in range(5):
        reader = Reader(home, free_port(), **more)
        if not reader.daemon.said("not listening"):
            return reader
        reader.daemon.stop()
    raise AssertionError(reader.daemon.log)
