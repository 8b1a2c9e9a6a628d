"""How requests travel: TLS, HTTP/2, proxies, IPv6, codings, secrets, and a host that hangs."""

import base64
import contextlib
import gzip
import http.server
import os
import shutil
import socket
import socketserver
import ssl
import subprocess
import threading

import pytest

from diurna import wait_until
from sites import Page, Sites

NGINX = shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")

# libcurl takes them for loopback, whatever the resolver says.
MANY = ["host%d.localhost" % n for n in range(24)]


def rss(title, link=None):
    return ("<rss version='2.0'><channel><title>%s</title><description>d</description><item><title>%s says</title>"
            "<guid isPermaLink='false'>%s</guid>%s</item></channel></rss>") % (
                title, title, title, "<link>%s</link>" % link if link else "")


def feed(title, **more):
    return Page(rss(title), "application/rss+xml", **more)


def outcomes(home):
    return dict(home.sql("SELECT url, outcome FROM v_feed"))


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """Of localhost, signed by itself: paths of certificate and key."""
    if not shutil.which("openssl"):
        pytest.skip("no openssl here")
    folder = tmp_path_factory.mktemp("certificate")
    cert, key = str(folder / "cert.pem"), str(folder / "key.pem")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                    "-days", "2", "-subj", "/CN=localhost", "-addext",
                    "subjectAltName=IP:127.0.0.1,DNS:localhost," + ",".join("DNS:" + name for name in MANY),
                    "-keyout", key, "-out", cert], check=True, capture_output=True)
    return cert, key


class TlsSite:
    """A server that closes every connection after its answer, and notes which sessions were resumed."""

    def __init__(self, cert, key):
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(cert, key)
        self.resumed = []
        self.paths = []
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while True:
            try:
                plain = self.socket.accept()[0]
            except OSError:
                return
            plain.settimeout(30)
            with contextlib.suppress(OSError), self.context.wrap_socket(plain, server_side=True) as connection:
                self.resumed.append(connection.session_reused)
                self.answer(connection)

    def answer(self, connection):
        request = b""
        while b"\r\n\r\n" not in request:
            got = connection.recv(4096)
            if not got:
                return
            request += got
        path = request.split()[1].decode()
        self.paths.append(path)
        link = "https://localhost:%d/page" % self.port if path == "/0" else None
        body, kind = rss("feed " + path, link), "application/rss+xml"
        if path == "/page":
            body, kind = "<title>A page</title><article><p>%s</p></article>" % ("Words make a page. " * 60), "text/html"
        head = "HTTP/1.1 %s\r\nContent-Type: %s\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % (
            "404 None" if path == "/robots.txt" else "200 OK", kind, len(body))
        connection.sendall((head + body).encode())
        connection.unwrap()

    def close(self):
        self.socket.close()


def test_tls_sessions_are_resumed_by_feeds_and_pages(home, certificate):
    site = TlsSite(*certificate)
    try:
        feeds = ["https://localhost:%d/%d" % (site.port, n) for n in range(4)]
        home.configure({"All": feeds}, proxy=None, network={"ca-file": certificate[0]})
        home.once()
    finally:
        site.close()
    assert sorted(site.paths) == ["/0", "/1", "/2", "/3", "/page", "/robots.txt"]
    # Six connections, and one whole handshake.
    assert site.resumed == [False] + [True] * 5


def test_tls_sessions_of_many_hosts_are_kept(home, certificate):
    site = TlsSite(*certificate)
    try:
        home.configure({"All": ["https://%s:%d/1" % (name, site.port) for name in MANY]}, proxy=None,
                       network={"ca-file": certificate[0], "address-connections": 0, "address-gap": "0ms"})
        daemon = home.start()
        daemon.wait_for("feeds?, store")
        wait_until(lambda: home.sql("SELECT count(*) FROM v_feed WHERE polls_ok > 0") == [(len(MANY),)], "a round")
        assert home.diurna("poll", "--force").returncode == 0
        assert len(site.paths) == 2 * len(MANY)
        assert daemon.stop() == 0
    finally:
        site.close()
    assert site.resumed == [False] * len(MANY) + [True] * len(MANY)


def test_a_certificate_that_nobody_signed(home, certificate):
    site = TlsSite(*certificate)
    try:
        url = "https://localhost:%d/0" % site.port
        home.configure({"All": [url]}, proxy=None)
        home.once()
    finally:
        site.close()
    assert outcomes(home) == {url: "tls-error"}
    assert site.paths == []


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as found:
        return found.getsockname()[1]


@pytest.mark.skipif(not NGINX, reason="no nginx here")
def test_http_2_over_one_connection(home, certificate, tmp_path):
    port, folder, www = free_port(), tmp_path / "nginx", tmp_path / "nginx" / "www"
    www.mkdir(parents=True)
    for n in range(6):
        (www / ("%d.xml" % n)).write_text(rss("feed %d" % n))
    temps = "".join("%s_temp_path %s/temp;\n" % (name, folder)
                    for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    (folder / "nginx.conf").write_text(
        "%sdaemon off; worker_processes 1; pid %s/pid; error_log %s/error;\nevents {}\nhttp {\n%s"
        "log_format how '$connection $server_protocol $uri'; access_log %s/access how;\n"
        "server { listen 127.0.0.1:%d ssl http2; ssl_certificate %s; ssl_certificate_key %s; root %s; }\n}\n" % (
            "user root root; " if os.geteuid() == 0 else "", folder, folder, temps, folder, port, *certificate, www))
    server = subprocess.Popen([NGINX, "-p", folder, "-c", folder / "nginx.conf", "-e", folder / "error"])
    try:
        wait_until(lambda: socket.socket().connect_ex(("127.0.0.1", port)) == 0, "nginx")
        feeds = ["https://localhost:%d/%d.xml" % (port, n) for n in range(6)]
        home.configure({"All": feeds}, proxy=None, network={"ca-file": certificate[0]})
        home.once()
    finally:
        server.terminate()
        server.wait()
    asked = [line.split() for line in (folder / "access").read_text().splitlines()]
    assert {uri for _, _, uri in asked} == {"/%d.xml" % n for n in range(6)}
    assert {protocol for _, protocol, _ in asked} == {"HTTP/2.0"}
    assert len({connection for connection, _, _ in asked}) == 1
    assert set(outcomes(home).values()) == {"ok"}


class Socks(socketserver.ThreadingTCPServer):
    """SOCKS5 without a password (RFC 1928): every connection leads to one port of loopback."""

    allow_reuse_address = daemon_threads = True

    def __init__(self, port):
        super().__init__(("127.0.0.1", 0), self.Handler)
        self.behind, self.wanted = port, []
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self):
            version, count = self.rfile.read(2)
            self.rfile.read(count)
            self.wfile.write(b"\x05\x00")
            version, command, _, kind = self.rfile.read(4)
            assert (version, command) == (5, 1)
            host = self.rfile.read(self.rfile.read(1)[0] if kind == 3 else {1: 4, 4: 16}[kind])
            port = int.from_bytes(self.rfile.read(2), "big")
            self.server.wanted.append((host.decode() if kind == 3 else host, port))
            with socket.create_connection(("127.0.0.1", self.server.behind)) as out:
                self.wfile.write(b"\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x00")
                back = threading.Thread(target=self.copy, args=(out, self.connection), daemon=True)
                back.start()
                self.copy(self.connection, out)
                back.join()

        @staticmethod
        def copy(source, to):
            with contextlib.suppress(OSError):
                while data := source.recv(65536):
                    to.sendall(data)
                to.shutdown(socket.SHUT_WR)


def test_a_feed_has_a_proxy_of_its_own(home, web):
    for host in ("plain.example", "socks.example", "other.example"):
        web.put(host, "/feed", feed(host))
    socks = Socks(web.port)
    with Sites() as second:
        second.put("other.example", "/feed", feed("other by its proxy"))
        home.configure({"All": ["http://%s.example/feed" % name for name in ("plain", "socks", "other")]})
        with open(home.config, "a", encoding="utf-8") as file:
            file.write('feed "http://socks.example/feed" { proxy = "socks5h://127.0.0.1:%d" }\n'
                       'feed "http://other.example/feed" { proxy = "%s" }\n' % (socks.server_address[1], second.proxy))
        home.once()
        assert [r.host for r in second.requests()] == ["other.example"]
    socks.shutdown()
    socks.server_close()
    # The name goes to the proxy, nobody else is asked for it.
    assert socks.wanted == [("socks.example", 80)]
    assert sorted(r.host for r in web.requests()) == ["plain.example", "socks.example"]
    assert set(outcomes(home).values()) == {"ok"}


def test_tls_through_a_proxy(home, certificate):
    """The certificate is that of the site, whoever carries it."""
    site = TlsSite(*certificate)
    socks = Socks(site.port)
    try:
        home.configure({"All": ["https://localhost:4433/1"]}, network={"ca-file": certificate[0]},
                       proxy="socks5h://127.0.0.1:%d" % socks.server_address[1])
        home.once()
    finally:
        site.close()
        socks.shutdown()
        socks.server_close()
    assert outcomes(home) == {"https://localhost:4433/1": "ok"}
    assert socks.wanted == [("localhost", 4433)] and site.paths == ["/1"]


def test_a_proxy_that_is_not_there(home, web):
    home.configure({"All": ["http://a.example/feed"]}, proxy="socks5h://127.0.0.1:1")
    home.once()
    assert outcomes(home) == {"http://a.example/feed": "connect-error"}


class Six(http.server.ThreadingHTTPServer):
    address_family = socket.AF_INET6
    daemon_threads = True

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            body = rss("six").encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass


def test_ipv6(home):
    try:
        server = Six(("::1", 0), Six.Handler)
    except OSError:
        pytest.skip("no IPv6 here")
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    url = "http://[::1]:%d/feed" % server.server_address[1]
    home.configure({"All": [url]}, proxy=None)
    home.once()
    # ::1 is no address for strangers, unless the configuration says so.
    assert outcomes(home) == {url: "refused"}
    home.configure({"All": [url]}, proxy=None, network={"allow": ["::1/128"]})
    home.once("--force")
    server.shutdown()
    server.server_close()
    assert outcomes(home) == {url: "ok"}


# "Packed" as a feed, by other programs' compressors.
BROTLI = ("G5YAAETdlqpId2oea0FuEBTht6gnC7naO0mQsQlJ6ErVjN7wWL9QNo8PRY/Y/LReahY1WLW4gspphE2KLxmBh+vNQ7U0vjt+316fCBin"
          "UCNiJXiCxpS5Rwg=")
ZSTD = ("KLUv/QRoHQMAcsUSF4BrGwC+7ANNyx63vTsDgPQBliKQm8BcyfwQ8Xgh2zpHc5QgIy3ae3xLx2w3+xhrO75pwlaRqvT2U1HnFsKeKgAGRThm"
        "+emTmN8DBwB2KKKqwavLhbAZrWRNJl+LYZYBfBpJcA==")
# 64 MiB of zeros.
BROTLI_BOMB = ("y///P/gnAOKxQCD3/o///3/wTwDEYRGA7v0f////4J8AiMMCAN37P/7//8E/ARCHBQC693/8//+DfwIgDgsAdO//+P//B/8EQBwW"
               "AOje//H//w/+CYA4LADQvf/L//8//BMAcVgAoHv/Bw==")


def zstd_bomb(mib):
    """A frame without its size, of blocks that repeat one byte (RFC 8878, 3.1.1)."""
    block = 128 * 1024
    count = mib * 1024 * 1024 // block
    blocks = [(block << 3 | 1 << 1 | (n == count - 1)).to_bytes(3, "little") + b"\0" for n in range(count)]
    return b"\x28\xb5\x2f\xfd\x00\x58" + b"".join(blocks)


def test_codings_and_their_limit(home, web):
    codings = {
        "gzip": (gzip.compress(rss("Packed").encode()), gzip.compress(bytes(64 * 1024 * 1024), 6)),
        "br": (base64.b64decode(BROTLI), base64.b64decode(BROTLI_BOMB)),
        "zstd": (base64.b64decode(ZSTD), zstd_bomb(64)),
    }
    web.put("probe.example", "/feed", feed("probe"))
    home.configure({"All": ["http://probe.example/feed"]})
    home.once()
    offered = web.requests()[0].headers["accept-encoding"]
    codings = {name: bodies for name, bodies in codings.items() if name in offered}
    assert "gzip" in codings
    for name, (small, bomb) in codings.items():
        assert len(bomb) < 100_000
        headers = {"Content-Encoding": name}
        web.put(name + ".example", "/feed", Page(small, "application/rss+xml", headers=headers))
        web.put(name + "-bomb.example", "/feed", Page(bomb, "application/rss+xml", headers=headers))
    feeds = ["http://%s%s.example/feed" % (name, end) for name in codings for end in ("", "-bomb")]
    home.configure({"All": feeds})
    done = home.once()
    found = outcomes(home)
    assert {url: found[url] for url in feeds} == {url: "too-large" if "bomb" in url else "ok" for url in feeds}
    assert "the body is too large" in done.stderr


def test_a_challenge_is_named(home, web):
    web.put("closed.example", "/feed", Page("<!doctype html><p>Wait", status=403, headers={"cf-mitigated": "challenge"}))
    home.configure({"All": ["http://closed.example/feed"]})
    done = home.once()
    assert outcomes(home) == {"http://closed.example/feed": "challenge"}
    assert "a challenge for browsers" in done.stderr
    told = home.diurna("feeds", "--troubled").stdout
    assert "browser" in told


def test_secrets_of_the_service(home, web, tmp_path):
    given = tmp_path / "credentials"
    given.mkdir()
    for name, secret in (("password", "pass word"), ("token", "t0ken"), ("cookie", "session=1")):
        (given / name).write_text(secret + "\n")
    away = Page("", status=302, headers={"Location": "http://elsewhere.example/feed"})
    web.put("basic.example", "/feed", away)
    web.put("elsewhere.example", "/feed", feed("elsewhere"))
    web.put("bearer.example", "/feed", feed("bearer"))
    web.put("cookie.example", "/feed", feed("cookie"))
    home.configure({"All": ["http://%s.example/feed" % name for name in ("basic", "bearer", "cookie")]})
    with open(home.config, "a", encoding="utf-8") as file:
        file.write('feed "http://basic.example/feed" { user = "me" password-file = "credential:password" }\n'
                   'feed "http://bearer.example/feed" { password-file = "credential:token" }\n'
                   'feed "http://cookie.example/feed" { cookie-file = "credential:cookie" }\n')
    assert home.start("--once", env={"CREDENTIALS_DIRECTORY": str(given)}).wait() == 0
    sent = {r.host: (r.headers.get("authorization"), r.headers.get("cookie")) for r in web.requests()}
    assert sent == {
        "basic.example": ("Basic " + base64.b64encode(b"me:pass word").decode(), None),
        "elsewhere.example": (None, None),
        "bearer.example": ("Bearer t0ken", None),
        "cookie.example": (None, "session=1"),
    }
    # Whoever looks from outside of the service is told where the secret comes from.
    told = home.diurna("check").stdout
    assert "LoadCredential=token:PATH" in told


def test_a_credential_has_a_name(home):
    home.configure({"All": ["http://a.example/feed"]})
    with open(home.config, "a", encoding="utf-8") as file:
        file.write('feed "http://a.example/feed" { password-file = "credential:../x" }\n')
    told = home.diurna("check")
    assert "LoadCredential=NAME:PATH" in told.stdout + told.stderr


def test_a_host_that_hangs_delays_nobody(home, web):
    hanging, many = 300, 40
    web.set_handler("dead.example", lambda request: Page("", fault="stall", delay_s=600))
    dead = ["http://dead.example/%d" % n for n in range(hanging)]
    alive = ["http://alive%d.example/feed" % n for n in range(many)]
    for n in range(many):
        web.put("alive%d.example" % n, "/feed", feed("alive %d" % n))
    # The dead ones come first, and there are far more of them than connections.
    home.configure({"All": dead + alive}, network={"connections": 8})
    home.start().wait_for("diurnad .*feeds?, store")
    wait_until(lambda: home.sql("SELECT count(*) FROM v_feed WHERE polls_ok > 0") == [(many,)], "the living feeds")
    assert len(web.requests("dead.example")) == 1
