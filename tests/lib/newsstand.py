#!/usr/bin/env python3
"""The bundled newspapers: sample sites to try diurna on.

Each folder of tests/sites/ is one site: site.ini says who it is and how its feed looks, page.html
is how it prints an article, and every other file is one article, a head of `name: value` lines
above the text. Dates count back from now, so the news is always fresh. As a program it serves all
of them on one port of loopback, as a forward proxy and under /sites/HOST/.
"""

import argparse
import base64
import configparser
import datetime
import email.utils
import functools
import hashlib
import html
import json
import math
import os
import re
import signal
import struct
import sys
import tempfile
import time
import urllib.parse
import zlib

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from diurna import configuration  # noqa: E402
from sites import Page, Sites  # noqa: E402

FOLDER = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "sites")
MONTHS = {
    "en": "January February March April May June July August September October November December",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
}
# Text: paragraphs with a blank line between them, and a little markup


def inline(text):
    """*emphasis* and [words](URL) of one paragraph, as HTML."""
    text = html.escape(text, quote=False)
    text = re.sub(r"\[([^\]]+)\]\(([^)\s]+)\)", r'<a href="\2">\1</a>', text)
    return re.sub(r"\*([^*]+)\*", r"<em>\1</em>", text)


def blocks(text):
    """The text's blocks as HTML, in order."""
    made = []
    for block in re.split(r"\n\s*\n", text.strip()):
        lines = [line.strip() for line in block.splitlines()]
        joiner = "" if re.match("[\u3040-\u30ff\u4e00-\u9fff]", lines[0]) else " "
        if lines[0].startswith("## "):
            made.append("<h2>%s</h2>" % inline(lines[0][3:]))
        elif lines[0].startswith("> "):
            words = " ".join(line.removeprefix(">").strip() for line in lines)
            made.append("<blockquote><p>%s</p></blockquote>" % inline(words))
        elif lines[0].startswith("- "):
            entries = re.split(r"(?:^| )- ", " ".join(lines))[1:]
            made.append("<ul>%s</ul>" % "".join("<li>%s</li>" % inline(e) for e in entries))
        else:
            made.append("<p>%s</p>" % inline(joiner.join(lines)))
    return made


def plain(text):
    """The words of the text, without markup: what a test looks for."""
    text = re.sub(r"(?m)^(## |> ?|- )", "", text)
    text = re.sub(r"\[([^\]]+)\]\([^)\s]+\)", r"\1", text).replace("*", "")
    return " ".join(text.split())


# Templates: {{name}} escaped, {{&name}} as it is, {{#name}} ... {{/name}} for each or when there


def fill(template, *context):
    """The template with the values of the dictionaries of context, the last one first."""

    def value(name):
        for values in reversed(context):
            if name in values:
                return values[name]
        return ""

    def section(match):
        found = value(match[1])
        if isinstance(found, (list, tuple)):
            return "".join(fill(match[2], *context, each) for each in found)
        if isinstance(found, dict):
            return fill(match[2], *context, found)
        return fill(match[2], *context) if found else ""

    def name(match):
        found = str(value(match[2]))
        return found if match[1] else html.escape(found)

    template = re.sub(r"(?s)\{\{#(\w+)\}\}(.*?)\{\{/\1\}\}", section, template)
    return re.sub(r"\{\{(&?)(\w+)\}\}", name, template)


# Pictures: hills and water, painted from their name


# the sky above and at the horizon, then three ridges from far to near
PALETTES = [
    [bytes.fromhex(colour) for colour in row.split()]
    for row in (
        "8fb8de f6e3c5 a3b9c9 6f8fa6 3f5d73",
        "f2c48d fbe8d0 c98f7a 935f63 4d3b52",
        "b7cfd6 eef0e4 9fb59c 6f8f74 3f5f4c",
        "5f7fa8 f0b89a 7a7f9c 50587d 2d3556",
        "d9c7e0 fdeedd b39ab8 7f6f96 4a4668",
        "9fd0cf f5f1dc 8fb3a8 5d8a87 2f5a63",
    )
]


@functools.lru_cache(maxsize=None)
def picture(name, width=480, height=270):
    """A PNG file of a landscape; the same name gives the same bytes."""
    seed = hashlib.sha256(name.encode()).digest()
    colours = PALETTES[seed[0] % len(PALETTES)]
    sky = colours[:2]
    ridges = [
        (
            height * (0.42 + 0.17 * k) + seed[k + 1] / 20,
            [(seed[8 + 4 * k + j] / 256 * 6.28, 1.3 * (j + 1) + seed[20 + j] / 160) for j in range(3)],
            colours[2 + k],
        )
        for k in range(3)
    ]
    tops = []
    for x in range(width):
        tops.append([
            base + sum(height * 0.055 / (j + 1) * math.sin(p + x / width * 6.28 * f)
                       for j, (p, f) in enumerate(waves))
            for base, waves, _ in ridges
        ])
    sun_x, sun_y, sun_r = width * (0.2 + seed[30] / 430), height * 0.24, height * 0.09
    rows = []
    for y in range(height):
        part = min(1.0, y / (height * 0.6))
        back = bytes(int(a + (b - a) * part) for a, b in zip(*sky))
        half = math.sqrt(max(0.0, sun_r**2 - (y - sun_y) ** 2))
        row = bytearray(b"\0")
        for x in range(width):
            pixel = b"\xff\xf6\xdd" if abs(x - sun_x) < half else back
            for top, (_, _, colour) in zip(tops[x], ridges):
                if y >= top:
                    pixel = colour
            row += pixel
        rows.append(bytes(row))

    def chunk(kind, data):
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head)
            + chunk(b"IDAT", zlib.compress(b"".join(rows), 9)) + chunk(b"IEND", b""))


# Sites and their articles


class Article:
    """One article of one site. `copy_of` is where its text comes from, when not from here."""

    def __init__(self, site, path):
        self.site = site
        self.slug = re.sub(r"^\d+-", "", os.path.splitext(os.path.basename(path))[0])
        with open(path, encoding="utf-8") as file:
            head, _, self.text = file.read().partition("\n\n")
        self.head = dict(re.split(r":\s*", line, maxsplit=1) for line in head.splitlines())
        self.title = self.head.get("title")
        self.age_s = float(self.head["age"]) * 3600
        self.copy_of = self.head.get("copy")

    def adopt(self, original):
        """Carry the original's text, as a paper does that takes it from a wire."""
        self.text, self.title = original.text, original.title
        for name in ("standfirst", "author", "tags"):
            self.head.setdefault(name, original.head.get(name, ""))

    @property
    def tags(self):
        return [t.strip() for t in self.head.get("tags", "").split(",") if t.strip()]

    @property
    def published(self):
        return int(self.site.stand.base - self.age_s)

    @property
    def path(self):
        day = datetime.datetime.fromtimestamp(self.published, self.site.zone)
        return fill(self.site.ini["site"]["article"], {"slug": self.slug, "year": day.year,
                                                      "month": "%02d" % day.month})

    @property
    def url(self):
        return "http://%s%s" % (self.site.host, self.path)

    @property
    def feed_urls(self):
        """The addresses under which the feed lists it; `tracking` has one set of words each."""
        words = self.head.get("tracking", self.site.ini["feed"].get("tracking", "")).split()
        return [self.url + ("?" + w if w else "") for w in words] or [self.url]

    @property
    def image_url(self):
        name = self.head.get("image")
        return "http://%s/media/%s.png" % (self.site.host, name) if name else ""

    def date(self, style):
        day = datetime.datetime.fromtimestamp(self.published, self.site.zone)
        if style == "words":
            month = MONTHS[self.site.months].split()[day.month - 1]
            dot = "." if self.site.months == "de" else ""
            return "%d%s %s %d, %02d:%02d" % (day.day, dot, month, day.year, day.hour, day.minute)
        return email.utils.format_datetime(day) if style == "rfc822" else day.isoformat()

    def values(self):
        """What a template may ask for."""
        return {
            "title": self.title, "url": self.url, "path": self.path, "slug": self.slug,
            "author": self.head.get("author", ""), "standfirst": self.head.get("standfirst", ""),
            "image_url": self.image_url, "caption": self.head.get("caption", ""),
            "tags": [{"tag": t} for t in self.tags], "kicker": (self.tags or [""])[0],
            "published": self.date("iso"), "published_words": self.date("words"),
            "body": "\n".join(blocks(self.text)), "minutes": 1 + len(self.text.split()) // 220,
            "json_ld": json.dumps(self.json_ld(), ensure_ascii=False),
        }

    def json_ld(self):
        return {
            "@context": "https://schema.org", "@type": "NewsArticle", "headline": self.title,
            "datePublished": self.date("iso"), "description": self.head.get("standfirst", ""),
            "author": {"@type": "Person", "name": self.head.get("author", "")},
            "publisher": {"@type": "Organization", "name": self.site.title},
            "mainEntityOfPage": self.url, "keywords": self.tags,
            **({"image": [self.image_url]} if self.image_url else {}),
        }


class Site:
    """One newspaper: its feed, its pages, its pictures."""

    def __init__(self, stand, folder):
        self.stand = stand
        self.ini = configparser.ConfigParser(interpolation=None)
        self.ini.read(os.path.join(folder, "site.ini"), encoding="utf-8")
        head = self.ini["site"]
        self.name = os.path.basename(folder)
        self.title, self.host, self.section = head["title"], head["host"], head["section"]
        self.months = head.get("months", "en")
        self.zone = datetime.timezone(datetime.timedelta(hours=float(head.get("zone", "0"))))
        with open(os.path.join(folder, "page.html"), encoding="utf-8") as file:
            self.template = file.read()
        names = sorted(n for n in os.listdir(folder) if n.endswith(".txt"))
        self.articles = [Article(self, os.path.join(folder, n)) for n in names]

    @property
    def feed_path(self):
        return self.ini["feed"]["path"]

    @property
    def feed_url(self):
        return "http://%s%s" % (self.host, self.feed_path)

    def out_now(self):
        """The articles that are out at this moment, newest first."""
        now = self.stand.now()
        return sorted((a for a in self.articles if a.published <= now),
                      key=lambda a: (-a.published, a.slug))

    def answer(self, request):
        path = urllib.parse.urlsplit(request.path).path
        if path == self.feed_path:
            return self.feed()
        if path == "/robots.txt":
            return Page("User-agent: *\nDisallow: /search\n", "text/plain", etag='"robots-1"')
        picture_name = re.fullmatch(r"/media/([\w-]+)\.png", path)
        if picture_name:
            return Page(picture(picture_name[1]), "image/png", etag='"%s"' % picture_name[1])
        article = next((a for a in self.out_now() if a.path == path), None)
        if path == "/":
            return Page(self.front())
        return self.page(article) if article else None

    def front(self):
        lines = ['<li><a href="%s">%s</a>' % (a.path, html.escape(a.title)) for a in self.out_now()]
        link = '<link rel="alternate" type="%s" href="%s">' % (
            FEEDS[self.ini["feed"]["format"]][1].partition(";")[0], self.feed_path)
        return '<!doctype html><html lang="%s"><meta charset="utf-8"><title>%s</title>%s<h1>%s</h1><ul>%s</ul>' % (
            self.ini["site"]["language"], self.title, link, self.title, "\n".join(lines))

    def page(self, article):
        others = [a for a in self.out_now() if a is not article]
        after = {int(n): text for n, text in
                 re.findall(r"(?s)<!-- after (\d+) -->\n(.*?)<!-- /after -->\n", self.template)}
        template = re.sub(r"(?s)<!-- after \d+ -->\n.*?<!-- /after -->\n", "", self.template)
        values = article.values()
        values["others"] = [a.values() for a in others[:6]]
        values["next"] = others[0].values() if others else ""
        values["site"], values["language"] = self.title, article.head.get(
            "language", self.ini["site"]["language"])
        body = blocks(article.text)
        for n in sorted(after, reverse=True):
            if n < len(body):
                body.insert(n, fill(after[n], values))
        values["body"] = "\n".join(body)
        charset = self.ini["site"].get("charset", "utf-8")
        made = fill(template, values).encode(charset, "xmlcharrefreplace")
        return Page(made, "text/html; charset=" + charset, etag='"%s"' % _hash(made), gzip=True)

    def feed(self):
        entries = []
        for article in self.out_now():
            for n, url in enumerate(article.feed_urls):
                entries.append(dict(article.values(), article=article, url=url,
                                    guid="%s/%s%s" % (self.host, article.slug, "-%d" % n if n else "")))
        make, mime = FEEDS[self.ini["feed"]["format"]]
        body = make(self, entries, self.ini["feed"].get("content") == "full").encode()
        newest = max((a.published for a in self.out_now()), default=0)
        return Page(body, mime, etag='"%s"' % _hash(body), last_modified=newest, gzip=True,
                    headers={"Cache-Control": "max-age=900"})


def _hash(data):
    return base64.b32encode(hashlib.sha256(data).digest()[:10]).decode().lower()


# Feeds


def _x(text):
    return html.escape(str(text))


def rss20(site, entries, is_full):
    made = []
    for e in entries:
        made.append("<item><title>%s</title><link>%s</link><guid isPermaLink=\"false\">%s</guid>"
                    "<pubDate>%s</pubDate><dc:creator>%s</dc:creator>%s<description>%s</description>%s%s</item>" % (
                        _x(e["title"]), _x(e["url"]), _x(e["guid"]), e["article"].date("rfc822"),
                        _x(e["author"]),
                        "".join("<category>%s</category>" % _x(t["tag"]) for t in e["tags"]),
                        _x("<p>%s</p>" % inline(e["standfirst"])),
                        "<content:encoded>%s</content:encoded>" % _x(e["body"]) if is_full else "",
                        '<media:content url="%s" medium="image" width="480" height="270"/>'
                        % _x(e["image_url"]) if e["image_url"] else ""))
    return ('<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" '
            'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom" '
            'xmlns:content="http://purl.org/rss/1.0/modules/content/" '
            'xmlns:media="http://search.yahoo.com/mrss/"><channel><title>%s</title>'
            '<link>http://%s/</link><atom:link rel="self" href="%s"/><description>%s</description>'
            "<language>%s</language><ttl>30</ttl>\n%s\n</channel></rss>\n") % (
                _x(site.title), site.host, site.feed_url, _x(site.ini["site"]["tagline"]),
                site.ini["site"]["language"], "\n".join(made))


def rss10(site, entries, is_full):
    places = "".join('<rdf:li rdf:resource="%s"/>' % _x(e["url"]) for e in entries)
    made = []
    for e in entries:
        made.append('<item rdf:about="%s"><title>%s</title><link>%s</link><description>%s</description>'
                    "<dc:date>%s</dc:date><dc:creator>%s</dc:creator>%s%s</item>" % (
                        _x(e["url"]), _x(e["title"]), _x(e["url"]), _x(e["standfirst"]),
                        e["published"], _x(e["author"]),
                        "".join("<dc:subject>%s</dc:subject>" % _x(t["tag"]) for t in e["tags"]),
                        "<content:encoded>%s</content:encoded>" % _x(e["body"]) if is_full else ""))
    return ('<?xml version="1.0" encoding="UTF-8"?>\n<rdf:RDF '
            'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
            'xmlns:dc="http://purl.org/dc/elements/1.1/" '
            'xmlns:content="http://purl.org/rss/1.0/modules/content/">'
            '<channel rdf:about="%s"><title>%s</title><link>http://%s/</link><description>%s</description>'
            "<dc:language>%s</dc:language><items><rdf:Seq>%s</rdf:Seq></items></channel>\n%s\n</rdf:RDF>\n") % (
                site.feed_url, _x(site.title), site.host, _x(site.ini["site"]["tagline"]),
                site.ini["site"]["language"], places, "\n".join(made))


def atom10(site, entries, is_full):
    made = []
    for e in entries:
        made.append('<entry><id>tag:%s,2020:%s</id><title type="html">%s</title>'
                    '<link rel="alternate" type="text/html" href="%s"/><published>%s</published>'
                    "<updated>%s</updated><author><name>%s</name></author>%s<summary>%s</summary>%s</entry>" % (
                        site.host, _x(e["guid"].partition("/")[2]), _x(_x(e["title"])), _x(e["url"]),
                        e["published"], e["published"], _x(e["author"]),
                        "".join('<category term="%s"/>' % _x(t["tag"]) for t in e["tags"]),
                        _x(e["standfirst"]),
                        '<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">%s</div></content>'
                        % e["body"] if is_full else ""))
    newest = entries[0]["published"] if entries else "1970-01-01T00:00:00Z"
    return ('<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" '
            'xml:lang="%s"><id>http://%s/</id><title>%s</title><subtitle>%s</subtitle>'
            '<link rel="self" href="%s"/><link rel="alternate" href="http://%s/"/><updated>%s</updated>\n%s\n</feed>\n'
            ) % (site.ini["site"]["language"], site.host, _x(site.title), _x(site.ini["site"]["tagline"]),
                 site.feed_url, site.host, newest, "\n".join(made))


def json11(site, entries, is_full):
    return json.dumps({
        "version": "https://jsonfeed.org/version/1.1", "title": site.title,
        "home_page_url": "http://%s/" % site.host, "feed_url": site.feed_url,
        "description": site.ini["site"]["tagline"], "language": site.ini["site"]["language"],
        "items": [{
            "id": e["guid"], "url": e["url"], "title": e["title"], "summary": e["standfirst"],
            **({"content_html": e["body"]} if is_full else {"content_text": e["standfirst"]}),
            "date_published": e["published"], "authors": [{"name": e["author"]}],
            "tags": e["article"].tags, **({"image": e["image_url"]} if e["image_url"] else {}),
        } for e in entries],
    }, ensure_ascii=False, indent=1)


FEEDS = {
    "rss20": (rss20, "application/rss+xml; charset=utf-8"),
    "rss10": (rss10, "application/rdf+xml"),
    "atom10": (atom10, "application/atom+xml; charset=utf-8"),
    "json11": (json11, "application/feed+json"),
}


# All of them


class Newsstand:
    """All bundled sites on one server. `now()` tells what is out; `base` is what ages count from."""

    def __init__(self, web=None, now=time.time):
        self.now = now
        self.base = now() // 3600 * 3600
        folders = sorted(os.path.join(FOLDER, name) for name in os.listdir(FOLDER))
        self.sites = [Site(self, f) for f in folders if os.path.isfile(os.path.join(f, "site.ini"))]
        originals = {"%s/%s" % (s.name, a.slug): a for s in self.sites for a in s.articles}
        for article in originals.values():
            if article.copy_of:
                article.adopt(originals[article.copy_of])
        for site in self.sites if web else []:
            web.set_handler(site.host, site.answer)

    def sections(self):
        """Section titles with the addresses of their feeds, in the order of the folders."""
        made = {}
        for site in sorted(self.sites, key=lambda s: s.ini["site"].get("order", s.name)):
            made.setdefault(site.section, []).append(site.feed_url)
        return made

    def stories(self):
        """The articles that are out, each text once: what a store must hold in the end."""
        return [a for s in self.sites for a in s.out_now() if not a.copy_of]


def clock():
    """The time of DIURNA_CLOCK, as the daemon reads it; else the true one."""
    path = os.environ.get("DIURNA_CLOCK")
    try:
        with open(path or "", encoding="ascii") as file:
            said = file.readline().strip()
    except OSError:
        return time.time()
    return time.time() + float(said or 0) if said[:1] in ("", "+", "-") else float(said)


def print_configuration(directory, port):
    """What the demo runs on."""
    print("# Made by ./bootstrap demo: the bundled sample sites, asked through their proxy.\n")
    print(configuration(directory, Newsstand().sections(), "http://127.0.0.1:%d" % port,
                        digest={"name": "The Sampler", "images": "stored"}))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--port-file", help="where the port is written once all is ready")
    parser.add_argument("--list", action="store_true", help="say what there is, and end")
    parser.add_argument("--configuration", metavar="DIR",
                        help="print a configuration with all of it in DIR, for sites on --port, and end")
    options = parser.parse_args()
    if options.configuration:
        print_configuration(options.configuration, options.port)
        return
    with Sites(options.port) as web:
        stand = Newsstand(web, clock)
        if options.list:
            for site in stand.sites:
                print("%-14s %-8s %-50s %3d articles" % (
                    site.section, site.ini["feed"]["format"], site.feed_url, len(site.out_now())))
            return
        if options.port_file:
            folder = os.path.dirname(os.path.abspath(options.port_file))
            with tempfile.NamedTemporaryFile("w", dir=folder, delete=False) as file:
                file.write("%d\n" % web.port)
            os.replace(file.name, options.port_file)
        print("http://127.0.0.1:%d/ is %s" % (web.port, ", ".join(s.host for s in stand.sites)), flush=True)
        signal.sigwait({signal.SIGINT, signal.SIGTERM})


if __name__ == "__main__":
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    main()
