"""Many made-up feeds in files, and an nginx on loopback that serves them.

The same numbers make the same feeds. nginx gives ETag and Last-Modified, so that a first round is
all 200 and a second all 304. Every host name is a folder; clients are told that nginx is their proxy.
"""

import email.utils
import itertools
import os
import pathlib
import random
import shutil
import signal
import subprocess
import time

ADDRESSES = 16  # nginx listens on 127.0.0.1 and the following
START = 1_700_000_000  # when the oldest feed was changed
NGINX = """
{user}worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/nginx.log error;
worker_rlimit_nofile 20000;
events {{ worker_connections 8000; multi_accept on; }}
http {{
    access_log off;
    types {{ application/rss+xml xml; }}
    keepalive_requests 1000000;
    client_body_temp_path {folder}/temp; proxy_temp_path {folder}/temp; fastcgi_temp_path {folder}/temp;
    uwsgi_temp_path {folder}/temp; scgi_temp_path {folder}/temp;
    server {{
{listen}
        server_name ~^(?<site>f[0-9]+)\\.load\\.example$;
        root {folder}/www/$site;
    }}
    # Takes every request, and never answers.
    server {{
{listen}
        server_name dead.load.example;
        location / {{ proxy_pass http://127.0.0.1:{dead_port}; proxy_read_timeout 3600s; }}
    }}
}}
"""


def nginx():
    """The program, which Debian keeps from people's paths; None: not installed."""
    return shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")


def _words():
    """Enough words, a few of them in every text and most of them rarely."""
    parts = [a + b for a in "bdfgklmnprstv" for b in ("a", "e", "i", "o", "u", "an", "er", "il", "on")]
    words = [a + b for a, b in itertools.product(parts, parts)]
    random.Random("words").shuffle(words)
    weights = itertools.accumulate(1 / (n + 5) for n in range(len(words)))
    return words, list(weights)


class Load:
    def __init__(self, folder, feeds, hosts, items, size, port):
        self.folder, self.port = pathlib.Path(folder), port
        self.hosts = min(hosts, feeds)
        self.words, self.weights = _words()
        self.urls = []
        for n in range(feeds):
            host, place = n % self.hosts, n // self.hosts
            path = f"k{place}/feed.xml" if place else "feed.xml"
            file = self.folder / "www" / f"f{host:05d}" / path
            file.parent.mkdir(parents=True, exist_ok=True)
            url = f"http://f{host:05d}.load.example/{path}"
            file.write_text(self._feed(n, url, items, size // max(items, 1)))
            os.utime(file, (START + n, START + n))
            self.urls.append(url)

    def _text(self, chance, count):
        return " ".join(chance.choices(self.words, cum_weights=self.weights, k=count))

    def _feed(self, n, url, items, size):
        chance = random.Random(n)
        home = url.rpartition("/")[0]
        out = [f'<?xml version="1.0"?>\n<rss version="2.0"><channel><title>{self._text(chance, 3)}</title>'
               f"<link>{home}/</link><description>Load</description>\n"]
        for k in range(items):
            date = email.utils.formatdate(START + n - k * 3600)
            title = self._text(chance, 7).capitalize()
            text = self._text(chance, max(8, (size - 250) // 6))
            out.append(f"<item><title>{title}</title><link>{home}/{n}-{k}.html</link><guid>{home}/{n}-{k}</guid>"
                       f"<pubDate>{date}</pubDate><description>{text}</description></item>\n")
        return "".join(out) + "</channel></rss>\n"

    def opml(self, more=()):
        lines = [f'<outline type="rss" xmlUrl="{url}"/>' for url in [*self.urls, *more]]
        return "\n".join(['<opml version="2.0"><body><outline text="Load">', *lines, "</outline></body></opml>"])

    def start(self, dead_port=9):
        listen = "\n".join(f"        listen 127.0.0.{n + 1}:{self.port} backlog=8192;" for n in range(ADDRESSES))
        first, again = listen, listen.replace(" backlog=8192", "")
        text = NGINX.replace("{listen}", first, 1).replace("{listen}", again, 1)
        conf = self.folder / "nginx.conf"
        conf.write_text(text.format(folder=self.folder, dead_port=dead_port,
                                    user="user root root;\n" if os.geteuid() == 0 else ""))
        (self.folder / "temp").mkdir(exist_ok=True)
        subprocess.run([nginx(), "-p", self.folder, "-c", conf, "-e", self.folder / "nginx.log"], check=True)

    def stop(self):
        try:
            pid = int((self.folder / "nginx.pid").read_text())
        except (OSError, ValueError):
            return
        os.kill(pid, signal.SIGTERM)
        until = time.monotonic() + 30
        while (self.folder / "nginx.pid").exists() and time.monotonic() < until:
            time.sleep(0.05)
