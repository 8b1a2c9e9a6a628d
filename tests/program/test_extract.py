"""diurna extract on pages that are none, or want to be too much: each has a named outcome."""

import json
import os
import subprocess
import time

import pytest

import diurna

TEXT = "<p>A paragraph of a dozen plain words, with a comma, that somebody wants to read.</p>"
SENTENCE = "A paragraph of a dozen plain words"
PAGES = {
    "many-attributes": "<html><body><div %s>%s</div>"
                       % (" ".join('a%d="x"' % i for i in range(75000)), TEXT),
    "one-attribute-again-and-again": "<html><body><div %s>%s</div>"
                                     % (" ".join('class="x%d"' % i for i in range(75000)), TEXT),
    "deeply-nested": "<html><body>%s%s" % ("<div>" * 1000000, TEXT),
    "deeply-nested-letters": "<html><body>%s%s" % ("<b>" * 1000000, TEXT),
    "deeply-nested-buttons": "<html><body>%s%s" % (TEXT, "<button>" * 2000000),
    "zero-bytes": "<html><body>%s%s" % ("\0" * 100000, TEXT),
    "no-body": "<html><head><title>Nothing</title></head></html>",
    "frames": "<html><frameset><frame src=a><noframes>No frames.</noframes></frameset></html>",
    "empty": "",
    "pdf": "%PDF-1.7\n1 0 obj << /Type /Catalog >> endobj",
    "picture": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)) * 20,
    "photograph": b"\xff\xd8\xff\xe0\0\x10JFIF\0" + bytes(range(256)) * 20,
    "archive": b"PK\3\4" + bytes(range(256)) * 20,
    "only-scripts": "<html><head><script>%s</script></head><body><div id=root></div><noscript>You "
                    "need JavaScript to run this app.</noscript></body></html>" % ("go();" * 2000),
}
# what is there to read, or None; the reason
OUTCOMES = {
    "many-attributes": (SENTENCE, "very little text"),
    "one-attribute-again-and-again": (SENTENCE, "very little text"),
    "deeply-nested": (SENTENCE, "very little text"),
    "deeply-nested-letters": (SENTENCE, "very little text"),
    "deeply-nested-buttons": (SENTENCE, "very little text"),
    "zero-bytes": (SENTENCE, "very little text"),
    "no-body": (None, "no text was found"),
    "frames": (None, "no text was found"),
    "empty": (None, "no text was found"),
    "pdf": (None, "no HTML: another kind of document"),
    "picture": (None, "no HTML: another kind of document"),
    "photograph": (None, "no HTML: another kind of document"),
    "archive": (None, "no HTML: another kind of document"),
    "only-scripts": ("JavaScript", "the text is made by scripts"),
}


@pytest.fixture
def extract(home):
    """What the command does with a body: the completed process."""
    def run(body, *options):
        with open(home.path("page.html"), "wb") as file:
            file.write(body if isinstance(body, bytes) else body.encode())
        return home.run("diurna", "extract", *options, home.path("page.html"))
    return run


@pytest.mark.parametrize("name", sorted(PAGES))
def test_a_bad_page_has_a_named_outcome(extract, name):
    text, reason = OUTCOMES[name]
    done = extract(PAGES[name])
    article = json.loads(done.stdout)
    assert article["reason"] == reason
    assert done.returncode == (0 if text else 65)
    if text:
        assert text in article["text"]
        assert 0 < article["quality"] < 0.4
    else:
        assert "text" not in article
        assert article["quality"] == 0


@pytest.mark.parametrize("tag", ["h1", "figure class=caption", "figure class=photo"])
def test_elements_that_nobody_ended_are_read_in_time(extract, tag):
    """Each holds all that follow, and each was read whole."""
    article = json.loads(extract("<html><body>" + TEXT + "<%s>A few words " % tag * 20000).stdout)
    assert article["reason"] != "took too long"
    assert article["text"]


def test_a_page_over_the_limit_is_refused_and_the_limit_named(extract):
    done = extract(b"<html><body>" + TEXT.encode() * 260000)
    assert done.returncode == 66
    assert done.stdout == ""
    assert "over 20971520 bytes" in done.stderr


def test_a_page_just_below_the_limit_ends_in_time(extract):
    start = time.monotonic()
    done = extract(b"<html><body>" + TEXT.encode() * (19 * 1024 * 1024 // len(TEXT)))
    assert time.monotonic() - start < diurna.PATIENCE_S
    article = json.loads(done.stdout)
    # how far it gets in its five seconds depends on the machine; either way it says so
    assert article["reason"] in ("the page is too large: its end is missing", "took too long")


def test_a_parser_that_cannot_be_started_is_said_once(tmp_path):
    page = tmp_path / "page.html"
    page.write_text("<html><body>%s" % TEXT)
    listing = tmp_path / "list"
    listing.write_text(("%s\n" % page) * 3)
    env = {**os.environ, "DIURNA_PARSE": str(tmp_path / "nothing")}
    for args in (["--files-from", str(listing)], [str(page)]):
        done = subprocess.run([diurna.program("diurna"), "extract", *args], env=env,
                              capture_output=True, text=True, timeout=diurna.PATIENCE_S)
        assert done.returncode == os.EX_OSERR
        assert done.stdout == ""
        assert done.stderr.count("cannot be started: No such file or directory") == 1
