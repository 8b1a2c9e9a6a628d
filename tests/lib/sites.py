"""A small web of scripted sites on loopback.

One server plays any number of host names. It can be asked as a forward proxy
(http_proxy=http://127.0.0.1:PORT, then http://a.example/feed.xml) and directly
(http://127.0.0.1:PORT/sites/a.example/feed.xml). What it answers is a Page, or
several Pages of which each request takes the next; what it was asked stands in
its log.

    with Sites() as web:
        web.put("a.example", "/feed.xml", Page(feed, "application/rss+xml", etag='"1"'))
        ...
        assert web.requests("a.example", "/feed.xml")[1].is_conditional
"""

import dataclasses
import email.utils
import gzip
import http.server
import socket
import socketserver
import struct
import threading
import time
import urllib.parse

CHUNK = b"All work and no play makes for a long page. " * 90


@dataclasses.dataclass
class Page:
    """What one request is answered with."""

    body: object = b""  # bytes, str, or a function of the Request that returns one of these
    type: str = "text/html; charset=utf-8"
    status: int = 200
    etag: str = None  # with its quotes, and W/ where it is weak
    last_modified: object = None  # epoch seconds, or the header as it is
    headers: dict = dataclasses.field(default_factory=dict)
    delay_s: float = 0  # before the answer begins
    gzip: bool = False  # compress, for whom accepts it
    fault: str = None  # one of FAULTS
    fault_s: float = 30  # how long "stall" and "endless" hold on at most


# What can go wrong with an answer.
FAULTS = {
    "reset": "the connection is reset before a byte of the answer",
    "truncate": "half of the announced bytes, then the end",
    "endless": "the body, then filler without end",
    "stall": "half of the body, then silence",
}


@dataclasses.dataclass
class Request:
    """One line of the log."""

    at: float  # time.monotonic()
    method: str
    host: str
    path: str  # with its query
    headers: dict  # names in lower case
    status: int = 0  # what it was answered with, 0 until then
    body: bytes = b""  # of a POST

    @property
    def is_conditional(self):
        return "if-none-match" in self.headers or "if-modified-since" in self.headers


class Sites:
    """The server. `handler(request)` of a host returns a Page, or None for 404."""

    def __init__(self, port=0):
        self.lock = threading.Lock()
        self.pages = {}  # (host, path) -> list of Pages; the last one stays
        self.handlers = {}  # host -> function
        self.log = []
        self.ending = threading.Event()
        self.server = _Server(("127.0.0.1", port), _Handler)
        self.server.sites = self
        self.port = self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)
        self.thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.ending.set()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    @property
    def proxy(self):
        return "http://127.0.0.1:%d" % self.port

    def direct(self, host, path="/"):
        """The URL of a page for a client that knows of no proxy."""
        return "%s/sites/%s%s" % (self.proxy, host, path)

    def put(self, host, path, *pages):
        """Answer this path with these pages, in turn; the last one from then on."""
        with self.lock:
            self.pages[host, path] = list(pages)

    def set_handler(self, host, handler):
        with self.lock:
            self.handlers[host] = handler

    def requests(self, host=None, path=None, since=0):
        """The log from entry number `since` on, of this host and path."""
        with self.lock:
            log = self.log[since:]
        return [
            r for r in log
            if (host is None or r.host == host) and (path is None or r.path == path)
        ]

    def mark(self):
        """A place in the log, for `since`."""
        with self.lock:
            return len(self.log)

    def find(self, request):
        with self.lock:
            self.log.append(request)
            pages = self.pages.get((request.host, request.path))
            if pages:
                return pages.pop(0) if len(pages) > 1 else pages[0]
            handler = self.handlers.get(request.host)
        page = handler(request) if handler else None
        return page or Page("<title>404</title><p>Nothing here.", status=404)


class _Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 256

    def server_bind(self):  # without asking who 127.0.0.1 is
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = self.server_address

    def handle_error(self, *_):
        """A client that went away is no news."""


def _is_not_modified(page, request):
    """RFC 9110, 13.2.2: If-None-Match is looked at first, and then alone."""
    wanted = request.headers.get("if-none-match")
    if wanted is not None:
        tags = [t.strip().removeprefix("W/") for t in wanted.split(",")]
        return page.etag is not None and ("*" in tags or page.etag.removeprefix("W/") in tags)
    since = request.headers.get("if-modified-since")
    if since is None or page.last_modified is None:
        return False
    if isinstance(page.last_modified, str):
        return since == page.last_modified
    try:
        return email.utils.parsedate_to_datetime(since).timestamp() >= int(page.last_modified)
    except (TypeError, ValueError):
        return False


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 60
    disable_nagle_algorithm = True

    def log_message(self, *_):
        pass

    def version_string(self):
        return "sites"

    def address(self):
        """Host and path of the request, in either of the two ways to ask."""
        if self.path.startswith("http://"):
            parts = urllib.parse.urlsplit(self.path)
            path = parts.path or "/"
            return parts.hostname, path + ("?" + parts.query if parts.query else "")
        if self.path.startswith("/sites/"):
            host, _, path = self.path[len("/sites/"):].partition("/")
            return host, "/" + path
        return self.headers.get("Host", "").partition(":")[0], self.path

    def do_GET(self):
        host, path = self.address()
        request = Request(time.monotonic(), self.command, host, path,
                          {k.lower(): v for k, v in self.headers.items()})
        if self.command == "POST":
            request.body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        sites = self.server.sites
        page = sites.find(request)
        if page.delay_s:
            sites.ending.wait(page.delay_s)
        if page.fault == "reset":
            request.status = -1
            self.reset()
            return
        self.answer(page, request)

    do_HEAD = do_GET
    do_POST = do_GET

    def reset(self):
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.connection.close()

    def answer(self, page, request):
        body = page.body(request) if callable(page.body) else page.body
        if isinstance(body, str):
            body = body.encode()
        is_304 = page.status == 200 and _is_not_modified(page, request)
        request.status = 304 if is_304 else page.status
        self.send_response(request.status)
        if page.etag is not None:
            self.send_header("ETag", page.etag)
        if page.last_modified is not None:
            modified = page.last_modified
            if not isinstance(modified, str):
                modified = email.utils.formatdate(modified, usegmt=True)
            self.send_header("Last-Modified", modified)
        for name, value in page.headers.items():
            self.send_header(name, value)
        if is_304:
            self.end_headers()
            return
        self.send_header("Content-Type", page.type)
        if page.gzip and "gzip" in request.headers.get("accept-encoding", ""):
            body = gzip.compress(body, 6, mtime=0)
            self.send_header("Content-Encoding", "gzip")
        self.send_body(page, request, body)

    def send_body(self, page, request, body):
        ending = self.server.sites.ending
        if page.fault in ("endless", "truncate", "stall"):
            self.close_connection = True
            self.send_header("Connection", "close")
        if page.fault != "endless":
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if request.method == "HEAD":
            return
        if page.fault in ("truncate", "stall"):
            self.wfile.write(body[: len(body) // 2])
            self.wfile.flush()
            if page.fault == "stall":
                ending.wait(page.fault_s)
            return
        self.wfile.write(body)
        until = time.monotonic() + page.fault_s
        while page.fault == "endless" and time.monotonic() < until and not ending.wait(0.005):
            self.wfile.write(CHUNK)
