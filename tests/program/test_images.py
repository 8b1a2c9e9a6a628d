"""Pictures that are stored: fetched once, judged by their bytes, shown from beside the digests."""

import hashlib
import os
import re
import struct
import zipfile
import zlib

import pytest

from sites import Page


def png(width, height, colour):
    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
    rows = b"".join(b"\0" + bytes(colour) * width for _ in range(height))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)) +
            chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


QUAY, BOAT = png(300, 200, (9, 60, 120)), png(40, 30, (200, 20, 20))
# Frames are cut off: nobody decodes them here.
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF" + b"\0" * 10 + b"\xff\xc0\x00\x11\x08\x00\x50\x00\x78\x03" + b"\0" * 9 + b"\xff\xd9"
WEBP = b"RIFF\x1a\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0" + b"\x3f\0\0\x1f\0\0"
WORDS = "The harbour was quiet on that morning, and nobody knew why the boats had gone. " * 8

PICTURES = {
    "/quay.png": Page(QUAY, "image/png"),
    "/copy.png": Page(QUAY, "application/octet-stream"),  # the same picture under another name and type
    "/boat.jpg": Page(BOAT, "image/jpeg"),  # a PNG, whatever it is called
    "/frame.jpg": Page(JPEG, "image/jpeg"),
    "/photo.webp": Page(WEBP, "image/webp"),
    "/not.png": Page(b"<!doctype html><script>alert(1)</script>", "image/png"),
    "/large.png": Page(QUAY + b"\0" * 200_000, "image/png"),
    "/bomb.png": Page(QUAY.replace(struct.pack(">II", 300, 200), struct.pack(">II", 60000, 60000)), "image/png"),
    "/gone.png": Page(b"", status=404),
    "/hidden/x.png": Page(QUAY, "image/png"),
}


@pytest.fixture
def gallery(home, web):
    images = "".join('<p>%s</p><img src="http://img.example%s" alt="Picture %s">' % (WORDS, path, path)
                     for path in PICTURES)
    feed = ('<rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/"><channel><title>Harbour</title><link>http://a.example/</link><item>'
            "<title>The quay at dusk</title><link>http://a.example/1</link><guid>1</guid>"
            '<media:thumbnail url="http://img.example/quay.png"/>'
            "<description><![CDATA[%s]]></description></item></channel></rss>" % images)
    web.put("a.example", "/feed", Page(feed.encode(), "application/rss+xml"))
    web.put("img.example", "/robots.txt", Page(b"User-agent: *\nDisallow: /hidden/\n", "text/plain"))
    for path, page in PICTURES.items():
        web.put("img.example", path, page)

    def configure(**digest):
        home.configure({"Europe": ["http://a.example/feed"]},
                       digest={"formats": ["html", "epub"], "images": "stored", "max-image": "100k", **digest})
        with open(home.config, "a", encoding="utf-8") as file:
            file.write('feed "http://a.example/feed" { fulltext = false }\n')
        return home
    return configure


def name(picture, ending):
    digest = hashlib.sha256(picture).hexdigest()[:32]
    return "%s/%s.%s" % (digest[:2], digest, ending)


def test_pictures_lie_beside_the_digests(gallery, web):
    home = gallery()
    home.once("--edition")
    stored = {name(QUAY, "png"), name(BOAT, "png"), name(JPEG, "jpg"), name(WEBP, "webp")}
    assert {f for f in home.digest_files() if f.startswith("images/")} == {"images/" + n for n in stored}
    with open(home.path("digests", "images", name(QUAY, "png")), "rb") as file:
        assert file.read() == QUAY
    with open(home.path("digests", "latest", "europe.html"), encoding="utf-8") as file:
        page = file.read()
    tags = re.findall(r"<img[^>]*>", page)
    by_alt = {re.search('alt="Picture ([^"]*)"', tag)[1]: tag for tag in tags}
    assert 'src="../images/%s" width="300" height="200"' % name(QUAY, "png") in by_alt["/quay.png"]
    assert 'src="../images/%s"' % name(QUAY, "png") in by_alt["/copy.png"]
    assert 'src="../images/%s" width="40"' % name(BOAT, "png") in by_alt["/boat.jpg"]
    assert 'width="120" height="80"' in by_alt["/frame.jpg"]
    for path in ("/not.png", "/large.png", "/bomb.png", "/gone.png", "/hidden/x.png"):
        assert 'src="http://img.example%s"' % path in by_alt[path], "it stays at its site"
    assert not web.requests("img.example", "/hidden/x.png"), "robots.txt closes it"
    # Servers that choose by what is asked for do not send what a book cannot hold.
    accepts = web.requests("img.example", "/quay.png")[0].headers["accept"]
    assert accepts.startswith("image/jpeg, image/png") and "webp" not in accepts
    # Each is asked for once, and those that are no picture are not asked for again.
    home.once()
    assert len(web.requests("img.example", "/quay.png")) == len(web.requests("img.example", "/not.png")) == 1


def test_a_book_holds_them(gallery):
    home = gallery()
    home.once("--edition")
    book = next(f for f in home.digest_files(".epub"))
    with zipfile.ZipFile(home.path("digests", book)) as archive:
        names = archive.namelist()
        assert sorted(n for n in names if "/images/" in n) == sorted(
            "EPUB/images/" + n.partition("/")[2] for n in (name(QUAY, "png"), name(BOAT, "png"), name(JPEG, "jpg")))
        assert archive.read("EPUB/images/" + name(QUAY, "png").partition("/")[2]) == QUAY
        text = b"".join(archive.read(n) for n in names if re.search(r"/a-\d+\.xhtml", n)).decode()
        assert text.count("<img ") == 4 and "http://img.example" not in text
        package = archive.read("EPUB/package.opf").decode()
        assert package.count('media-type="image/') == 3
        # WebP is of EPUB 3.3 only: its words stand for it.
        assert "[Picture /photo.webp]" in text and "webp" not in package
        cover, = re.findall(r'href="images/([^"]*)"[^>]*properties="cover-image"', package)
        assert cover == name(QUAY, "png").partition("/")[2]
        assert 'property="group-position">1<' in package
    # A file that somebody removed costs this picture, not the book.
    os.remove(home.path("digests", "images", name(BOAT, "png")))
    made = home.diurna("digest", "--format", "epub", "--output", home.directory)
    assert made.returncode == 0
    with zipfile.ZipFile(made.stdout.strip()) as archive:
        assert sum("/images/" in n for n in archive.namelist()) == 2


def test_without_a_book_smaller_pictures_are_welcome(gallery, web):
    home = gallery(formats=["html"])
    home.once("--edition")
    assert "image/webp" in web.requests("img.example", "/quay.png")[0].headers["accept"]


def test_elsewhere_they_stay_at_their_sites(gallery):
    """What is written to another place cannot link what lies beside the digests."""
    home = gallery()
    home.once("--edition")
    page = home.diurna("digest", "--format", "html").stdout
    assert "../images/" not in page and 'src="http://img.example/quay.png"' in page


def test_what_comes_later_changes_no_edition(gallery, web):
    home = gallery()
    web.put("img.example", "/quay.png", Page(b"", status=503), PICTURES["/quay.png"])
    home.set_clock("+0")
    home.once("--edition")
    edition = os.path.realpath(home.path("digests", "latest"))
    with open(os.path.join(edition, "europe.html"), "rb") as file:
        before = file.read()
    home.set_clock("+7200")
    home.once()
    assert home.sql("SELECT count(*) FROM image WHERE url LIKE '%quay.png' AND state = 'stored'") == [(1,)]
    assert home.diurnad("--publish", "1").returncode == 0
    with open(os.path.join(edition, "europe.html"), "rb") as file:
        assert file.read() == before


def test_linked_is_the_preset(gallery, web):
    home = gallery(images="linked")
    home.once("--edition")
    assert not web.requests("img.example")
    assert not os.path.exists(home.path("digests", "images"))
