"""A mail server that wishes us ill: at each stage of the dialogue it ends, refuses, rambles or lies.

Whatever it does, the try ends, what it says is one visible line, nothing is sent in clear that should not be,
the mail waits, and an honest server is then given it once.
"""

import contextlib
import os
import re
import signal
import socket
import struct
import threading
import time

import pytest

from diurna import block, wait_until
from postbox import Postbox, certificate
from sites import Page

FEED = """<rss version="2.0"><channel><title>Harbour</title><link>http://a.example/</link>
<item><title>The ferry runs again</title><link>http://a.example/1</link><guid>1</guid>
<description>On Monday it ran for the first time.</description></item></channel></rss>"""
STAGES = ["greeting", "EHLO", "MAIL", "RCPT", "DATA", "."]
GOOD = {"greeting": b"220 good day\r\n", "EHLO": b"250 fine\r\n", "DATA": b"354 go on\r\n"}
# More than any answer needs; where one has no end, more than is taken of it.
FLOOD = 4 << 20


class Villain:
    """Answers well up to a stage, and there as it is told: `act(connection)` does what it likes and returns."""

    def __init__(self, stage, act, ehlo=GOOD["EHLO"]):
        self.stage, self.act, self.ehlo = stage, act, ehlo
        self.heard = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listener.close()

    @property
    def url(self):
        return "smtp://127.0.0.1:%d" % self.listener.getsockname()[1]

    def serve(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self.listener.accept()
                connection.settimeout(60)
                with connection, contextlib.suppress(OSError):
                    self.talk(connection)

    def talk(self, connection):
        lines = connection.makefile("rb")
        stage = "greeting"
        while True:
            if stage == self.stage:
                self.act(connection)
                return
            connection.sendall(self.ehlo if stage == "EHLO" else GOOD.get(stage, b"250 fine\r\n"))
            line = lines.readline()
            if stage == "DATA":
                while line not in (b".\r\n", b""):
                    line = lines.readline()
            if not line:
                return
            self.heard.append(line.decode("ascii", "replace").strip())
            stage = self.heard[-1].split(" ")[0].upper()
            if stage == "HELO":
                stage = "EHLO"


def say(*parts):
    """Sends these bytes, and waits until the other side goes."""
    def act(connection):
        for part in parts:
            connection.sendall(part)
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(65536):
            continue
    return act


def close(connection):
    connection.shutdown(socket.SHUT_RDWR)


def reset(connection):
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def flood(piece):
    """The same again and again, as long as somebody takes it."""
    def act(connection):
        sent = 0
        while sent < 16 * FLOOD:
            connection.sendall(piece * 64)
            sent += len(piece) * 64
    return act


ESCAPES = b"\x1b[31m\x1b]0;owned\x07\xc2\x9b2J\xe2\x80\xae\x00\x08\rwarning: mail: forged\t\xff\xfe"
ACTS = {
    "closes": close,
    "resets": reset,
    "refuses for now": say(b"421 4.3.2 not now\r\n"),
    "refuses for good": say(b"554 5.7.1 never\r\n"),
    "says escapes": say(b"550 5.7.1 " + ESCAPES + b"\r\n"),
    "says escapes in many lines": say(b"".join(b"550-" + ESCAPES + b"\r\n" for _ in range(20)) + b"550 end\r\n"),
    "says bytes that are no answer": say(bytes(range(256)) * 8 + b"\r\n"),
    "says numbers that are none": say(b"2x0 a\r\n-250 b\r\n25 c\r\n999999999999 d\r\n\xb2\xb5\xb0 e\r\n"),
    "says a number that means nothing": say(b"199 hm\r\n"),
    "breaks off in a line": say(b"250-half\r\n25"),
    "says a line of megabytes": say(b"550 " + b"x" * FLOOD + b"\r\n"),
    "says lines without end": flood(b"250-and another thing\r\n"),
    "says a line without end": flood(b"x" * 4096),
}


@pytest.fixture
def printer(home, web):
    """A home with a mail that waits; call it with the server, and options of mail { }."""
    web.put("a.example", "/feed", Page(FEED, type="application/rss+xml"))

    def configure(server, **mail):
        home.configure({"Europe": ["http://a.example/feed"]}, top={"fulltext": False},
                       digest={"at": "06:30", "formats": ["html", "mail"]})
        with open(home.config, "a", encoding="utf-8") as file:
            file.write(block("mail", {"to": ["ada@reader.example"], "from": "press@press.example",
                                      "tls": "off", "server": server, **mail}))
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        configure("smtp://127.0.0.1:%d" % nobody.getsockname()[1])
        assert home.diurnad("--once", "--edition").returncode == 75
    assert spool(home) == ["eml"]
    return configure


def spool(home):
    endings = (name.rpartition(".")[2] for name in os.listdir(home.path("mail")))
    return sorted(ending for ending in endings if ending not in ("lock", "why"))


def wait_again(home):
    """What nobody can know the fate of is put among those that wait, as its reader may."""
    for name in os.listdir(home.path("mail")):
        if name.endswith(".unsure"):
            os.rename(home.path("mail", name), home.path("mail", name[:-7] + ".eml"))


def is_visible(text):
    return not re.search(r"[\0-\x08\x0b-\x1f\x7f-\x9f‪-‮⁦-⁩]", text)


@pytest.mark.parametrize("stage", STAGES)
def test_each_stage(printer, home, stage):
    for name, act in ACTS.items():
        with Villain(stage, act) as villain:
            printer(villain.url)
            began = time.monotonic()
            done = home.diurnad("--once")
            assert time.monotonic() - began < 30, name
        said = [line for line in done.stderr.splitlines() if re.search(r"mail \S+ to ada@", line)]
        assert len(said) == 1 and len(said[0]) < 1000, (name, done.stderr)
        assert is_visible(done.stderr) and "\nwarning: mail: forged" not in done.stderr, (name, done.stderr)
        shown = home.diurna("status")
        assert is_visible(shown.stdout) and len(max(shown.stdout.splitlines(), key=len)) < 1000, (name, shown.stdout)
        # Once it has all of it and gives no answer that means something, nobody can know.
        allowed = ["eml"] if stage != "." else ["eml", "unsure"]
        assert spool(home)[0] in allowed and len(spool(home)) == 1, (name, done.stderr)
        if stage == "." and name.startswith("refuses"):
            assert spool(home) == ["eml"], name
        assert villain.heard.count("QUIT") <= 1 and (stage == "." or not any(
            "ran for the first time" in line for line in villain.heard))
        wait_again(home)
    with Postbox() as box:
        printer(box.url)
        home.once()
        home.once()
        assert len(box.mails) == 1 and b"ran for the first time" in box.mails[0].body
    assert spool(home) == ["sent"]


def test_all_answers_at_once(printer, home):
    """Before anything was asked: what it says it has taken it has been given, and nothing else comes of it."""
    with Villain("greeting", say(b"220 a\r\n250 b\r\n250 c\r\n250 d\r\n354 e\r\n250 f\r\n221 g\r\n" * 3)) as villain:
        printer(villain.url)
        done = home.diurnad("--once")
    assert done.returncode in (0, 75) and spool(home)[0] in ("eml", "sent", "unsure"), done.stderr


def test_words_before_the_encryption(printer, home, tmp_path):
    """What was said in clear must not pass for what was said behind it."""
    ehlo = b"250-fine\r\n250 STARTTLS\r\n"
    with Villain("STARTTLS", say(b"220 go ahead\r\n250 x\r\n250 y\r\n354 z\r\n250 taken\r\n"), ehlo) as villain:
        for tls in ("required", "tried"):
            printer(villain.url, tls=tls)
            assert home.diurnad("--once").returncode == 75
            assert spool(home) == ["eml"]
        assert not [line for line in villain.heard if line.startswith(("MAIL", "RCPT", "DATA"))]
    # And one that answers with no encryption, then with rubbish in its place.
    with Villain("STARTTLS", say(b"220 go ahead\r\n", b"\x16\x03\x01" + b"\xff" * 70000), ehlo) as villain:
        printer(villain.url, tls="required")
        assert home.diurnad("--once").returncode == 75
        assert spool(home) == ["eml"]


@pytest.mark.parametrize("answer", [b"535 5.7.8 no: %s\r\n", b"334 %s\r\n", b"501 cannot decode %s\r\n"])
def test_a_password_that_comes_back(printer, home, tmp_path, answer):
    """What it repeats of the login stands in no log and no status."""
    with open(tmp_path / "secret", "w", encoding="ascii") as file:
        file.write("open-sesame\n")

    def act(connection):
        words = villain.heard[-1].encode().split()
        for _ in range(50):
            connection.sendall(answer % (words[-1] + b" open-sesame"))
            if not (words := connection.recv(4096).split()):
                return
    with Villain("AUTH", act, b"250-fine\r\n250 AUTH PLAIN LOGIN\r\n") as villain:
        printer(villain.url, user="ada", **{"password-file": str(tmp_path / "secret")})
        done = home.diurnad("--once")
    assert done.returncode == 75 and spool(home) == ["eml"]
    for text in (done.stderr, home.diurna("status").stdout, home.diurna("health").stdout):
        assert "open-sesame" not in text
        assert not re.search(r"[A-Za-z0-9+/]{16,}=*", re.sub(r"\S*/\S*|mail \S+", "", text)), text


@pytest.mark.parametrize("stage", ["greeting", "EHLO", "."])
def test_one_that_drips_holds_up_nobody(printer, home, web, stage):
    """A byte now and then: feeds are polled meanwhile, and a stop does not wait for it."""
    is_over = threading.Event()

    def drip(connection):
        while not is_over.wait(0.05):
            connection.sendall(b"2")
    with Villain(stage, drip) as villain:
        printer(villain.url)
        daemon = home.start()
        wait_until(lambda: home.running("--mail"), "the mailer")
        wait_until(lambda: stage == "greeting" or villain.heard, "it is being talked to")
        polls = len(web.requests("a.example", "/feed"))
        assert home.diurna("poll", "--force").returncode == 0
        assert len(web.requests("a.example", "/feed")) > polls
        began = time.monotonic()
        daemon.process.terminate()
        assert daemon.process.wait(60) == 0
        assert time.monotonic() - began < 20
        for pid in home.running("--mail"):
            os.kill(pid, signal.SIGTERM)  # as systemd does
        wait_until(lambda: not home.running("--mail"), "the end of the mailer")
        is_over.set()
    # Cut off: before it had the mail it waits, after that nobody can know.
    with Postbox() as box:
        printer(box.url)
        home.once()
        assert spool(home) == (["unsure"] if stage == "." else ["sent"])
        assert len(box.mails) == (stage != ".")


def test_a_certificate_of_somebody(printer, home, tmp_path):
    pem = certificate(tmp_path)
    if not pem:
        pytest.skip("openssl is not there")
    with Postbox(pem, is_wrapped=True, needs_login=True) as box:
        printer(box.url, user="ada", tls="required")
        assert home.diurnad("--once").returncode == 75
        assert box.log == [] and box.mails == [] and spool(home) == ["eml"]
