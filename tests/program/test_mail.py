"""Editions by mail: whole, to everybody, and never twice."""

import email
import email.policy
import json
import os
import re
import signal
import time

import pytest

from diurna import block, wait_until
from postbox import Postbox, certificate
from sites import Page

FEED = """<rss version="2.0"><channel><title>Caf&#xe9; &amp; harbour</title><link>http://a.example/</link>
<item><title>Die Fähre fährt wieder</title><link>http://a.example/1</link><guid>1</guid>
<description>&lt;p&gt;Am Montag fuhr sie das erste Mal.&lt;/p&gt;&lt;p&gt;.A line that begins with a dot.&lt;/p&gt;</description></item>
<item><title>港口安静下来</title><link>http://a.example/2</link><guid>2</guid>
<description>&lt;p&gt;港口晚上十点之后安静下来。没有人知道为什么。&lt;/p&gt;</description></item>
</channel></rss>"""


NEWS = """<item><title>One more</title><link>http://a.example/more</link><guid>more</guid>
<description>And one more thing happened.</description></item>"""


@pytest.fixture
def printer(home, web):
    """A home that mails to a server: call it with the options of mail { }."""
    web.put("a.example", "/feed", Page(FEED.encode(), type="application/rss+xml"))

    def configure(**mail):
        home.configure({"Europe": ["http://a.example/feed"]},
                       digest={"name": "Der Kurier – früh", "at": "06:30", "empty": True,
                               "formats": ["html", "mail"]})
        with open(home.config, "a", encoding="utf-8") as file:
            file.write('feed "http://a.example/feed" { fulltext = false }\n')
            file.write(block("mail", {"to": ["Ada <ada@reader.example>"], "from": "Kurier <kurier@press.example>",
                                      "tls": "off", **mail}))
        return home
    return configure


def start(home):
    daemon = home.start()
    daemon.wait_for("diurnad .*feeds?")
    return daemon


def spool(home):
    endings = (name.rpartition(".")[2] for name in os.listdir(home.path("mail")))
    return sorted(ending for ending in endings if ending not in ("lock", "why"))


def test_a_mail_is_read_whole(printer, web):
    with Postbox() as box:
        home = printer(server=box.url, to=["Ada <ada@reader.example>", "jon@reader.example"])
        home.once("--edition")
    assert sorted(m.recipients for m in box.mails) == [["ada@reader.example"], ["jon@reader.example"]]
    assert spool(home) == ["sent", "sent"]
    assert len({m.message["Message-ID"] for m in box.mails}) == 2
    for mail in box.mails:
        assert mail.sender == "kurier@press.example"
        assert max(len(line) for line in mail.body.split(b"\r\n")) <= 998
        assert mail.body.isascii() and b"\n" not in mail.body.replace(b"\r\n", b"")
        message = mail.message
        assert not message.defects and not any(part.defects for part in message.walk())
        assert message["From"].addresses[0].display_name == "Kurier"
        assert message["To"].addresses[0].addr_spec == mail.recipients[0]
        assert message["Subject"].startswith("Der Kurier – früh, ")
        assert message["Date"].datetime and message["Auto-Submitted"] == "auto-generated"
        assert message.get_content_type() == "multipart/alternative"
        plain, html = message.iter_parts()
        for part in (plain.get_content(), html.get_content()):
            assert "Am Montag fuhr sie das erste Mal." in part
            assert "港口晚上十点之后安静下来。" in part
            assert "\n.A line that begins with a dot." in part or ">.A line that begins" in part
        assert "<script" not in html.get_content() and 'href="index.html"' not in html.get_content()


def test_any_edition_again_and_beside_the_digests(printer):
    with Postbox() as box:
        home = printer(server=box.url)
        home.once("--edition")
        sent = box.mails[0].body.replace(b"\r\n", b"\n")
    written = home.digest_files(".eml")
    assert len(written) == 1
    with open(home.path("digests", written[0]), "rb") as file:
        assert file.read() == sent
    assert home.diurna("digest", "--format", "mail").stdout.encode() == sent
    assert email.message_from_bytes(sent, policy=email.policy.default)["To"].addresses[0].display_name == "Ada"


@pytest.mark.parametrize("is_wrapped", [False, True], ids=["starttls", "smtps"])
def test_encrypted_with_a_login(printer, tmp_path, is_wrapped):
    pem = certificate(tmp_path)
    if not pem:
        pytest.skip("openssl is not there")
    with open(tmp_path / "secret", "w", encoding="ascii") as file:
        file.write("secret\n")
    with Postbox(pem, is_wrapped, needs_login=True) as box:
        home = printer(server=box.url, tls="required", user="ada", **{
            "ca-file": pem, "password-file": str(tmp_path / "secret")})
        home.once("--edition")
    assert [(m.is_encrypted, m.user, m.password) for m in box.mails] == [(True, "ada", "secret")]


def test_a_password_from_systemd(printer, tmp_path):
    os.mkdir(tmp_path / "credentials")
    with open(tmp_path / "credentials" / "mail-password", "w", encoding="ascii") as file:
        file.write("secret")
    with Postbox(needs_login=True) as box:
        home = printer(server=box.url, user="ada")
        daemon = home.start("--once", "--edition", env={"CREDENTIALS_DIRECTORY": str(tmp_path / "credentials")})
        assert daemon.wait() == 0, daemon.log
    assert [(m.user, m.password) for m in box.mails] == [("ada", "secret")]


def test_no_encryption_no_mail(printer, tmp_path):
    """Required, and not offered or not to be trusted: nothing is said in clear."""
    with Postbox() as box:
        home = printer(server=box.url, tls="required")
        assert home.diurnad("--once", "--edition").returncode == 75
        assert spool(home) == ["eml"] and not any(line.startswith("MAIL") for line in box.log)
    pem = certificate(tmp_path)
    if not pem:
        pytest.skip("openssl is not there")
    with Postbox(pem) as box:
        home = printer(server=box.url, tls="required")
        done = home.diurnad("--once")
        assert done.returncode == 75 and "certificate" in done.stderr
        assert spool(home) == ["eml"] and box.mails == []


def test_tried_until_accepted(printer):
    """Temporary and lasting refusals, a server that is away, one that hangs up."""
    with Postbox() as box:
        home = printer(server=box.url)
        ahead = int(-time.time() % 86400) + 43200  # noon: no other edition is due in the hours that it takes
        home.set_clock("+%d" % ahead)
        box.say("MAIL", "451 4.3.0 greylisted")
        box.say("RCPT", "550 5.1.1 no such user yet")
        box.say("DATA", None)
        box.say(".", "452 4.2.2 mailbox full", "554 5.6.0 not like this")
        daemon = start(home)
        assert home.diurna("digest", "--close").returncode == 0
        refusals = ["451 4.3.0 greylisted", "550 5.1.1 no such user", "it is tried again", "452 4.2.2", "554 5.6.0"]
        for n, text in enumerate(refusals):
            wait_until(lambda: sum("next try in" in line for line in daemon.lines) > n, text)
            assert daemon.said(text), daemon.log
            assert spool(home) == ["eml"]
            ahead += 3700
            home.set_clock("+%d" % ahead)
        daemon.wait_for("accepted: 250 2.0.0 taken")
        assert daemon.stop() == 0
        assert len(box.mails) == 1 and spool(home) == ["sent"]
        assert home.sql("SELECT count(*) FROM edition WHERE published_at = 0") == [(0,)]


def test_given_up_after_days(printer):
    with Postbox() as box:
        home = printer(server=box.url)
        home.set_clock("+0")
        box.say("RCPT", *["550 5.1.1 no such user"] * 3)
        assert home.diurnad("--once", "--edition").returncode == 75
        home.set_clock("+%d" % (6 * 86400))
        done = home.diurnad("--once")
        assert "given up after 5 days" in done.stderr
        assert spool(home) == ["failed"] and box.mails == []


def test_what_an_operator_sees_of_a_mail_that_waits(printer):
    """What waits, since when and why, when the next try is; given up, what can be done; then nothing more."""
    with Postbox() as box:
        home = printer(server=box.url)
        noon = int(time.time()) // 86400 * 86400 + 12 * 3600
        home.set_clock(noon)
        box.say("RCPT", *["450 4.2.1 try \x1b[31m later"] * 3)
        daemon = start(home)
        assert home.diurna("status").stdout.count("\nmail       nothing waits\n") == 1
        home.diurna("digest", "--close")
        daemon.wait_for("next try in")
        said = home.diurna("status").stdout
        assert re.search(r"\nmail       1 waits, the oldest since .*, next try in .*: .*450 4.2.1 try .* later\n", said), said
        assert "\x1b" not in said
        status = json.loads(home.diurna("status", "--format", "json").stdout)
        assert status["mail"]["waiting"] == 1 and status["mail"]["waiting_since"] == noon
        assert set(status["mail"]) == {"waiting", "unsure", "failed", "stranded", "waiting_since", "next_try", "answer"}
        assert status["mail"]["next_try"] > noon and "450 4.2.1" in status["mail"]["answer"]
        metrics = home.diurna("status", "--format", "prometheus").stdout.splitlines()
        assert 'diurna_mails{state="waiting"} 1' in metrics and "diurna_mails_retried_total 1" in metrics
        assert home.diurna("health").returncode == 0, "it may pass"
        assert daemon.stop() == 0
        # Without a daemon the spool tells.
        assert "mail       1 waits, the oldest since" in home.diurna("status").stdout

        home.set_clock(noon + 7 * 3600)
        health = home.diurna("health").stdout
        assert "not accepted for hours: " in health and "to Ada <ada@reader.example>" in health
        home.set_clock(noon + 6 * 86400)
        home.diurnad("--once")
        assert spool(home) == ["failed"]
        health = home.diurna("health").stdout
        assert "given up: " in health and "450 4.2.1" in health
        assert "mail" in [json.loads(line)["kind"] for line in home.diurna("health", "--format", "json").stdout.splitlines()]
        from_, to = re.search(r"mv (\S+\.failed) (\S+\.eml)", health).groups()
        os.rename(from_, to)
        home.diurnad("--once")
        assert spool(home) == ["failed"], "the third refusal"
        os.rename(from_, to)
        os.utime(to, (noon + 6 * 86400,) * 2)
        assert home.diurnad("--once").returncode == 0
        assert spool(home) == ["sent"] and len(box.mails) == 1
        assert not [name for name in os.listdir(home.path("mail")) if name.endswith(".why")]
        assert "\nmail       nothing waits\n" in home.diurna("status").stdout


def test_mails_for_nobody_and_old_ones(printer, web):
    """An address that is no longer configured is told of; what nobody took care of goes after a month."""
    with Postbox() as box:
        home = printer(server=box.url)
        box.say("RCPT", "450 later")
        home.diurnad("--once", "--edition")
        assert spool(home) == ["eml"]
        base = home.path("mail", next(n for n in os.listdir(home.path("mail")) if n.endswith(".eml")))[:-4]
        home = printer(server=box.url, to=["jon@reader.example"])
        assert "1 for nobody" in home.diurna("status").stdout
        assert "mail.to no longer has" in home.diurna("health").stdout
        os.rename(base + ".eml", base + ".unsure")
        old = time.time() - 31 * 86400
        os.utime(base + ".unsure", (old, old))
        web.put("a.example", "/feed", Page(FEED.replace("<item>", NEWS + "<item>", 1).encode(),
                                           type="application/rss+xml"))
        done = home.once("--force", "--edition")
        assert "removed, it was cut off a month ago" in done.stderr
        assert spool(home) == ["sent"] and not os.path.exists(base + ".why")


def kill_all(home, daemon):
    """The power fails: the daemon first, or it would start another mailer and tell of it itself."""
    daemon.process.send_signal(signal.SIGKILL)
    for pid in home.running("--mail"):
        os.kill(pid, signal.SIGKILL)


@pytest.mark.parametrize("verb", ["MAIL", "DATA", "taken"])
def test_a_crash_never_sends_twice(printer, verb):
    """Killed before the server has the mail: it is sent. After that, before the record: not again."""
    with Postbox() as box:
        home = printer(server=box.url)
        daemon = start(home)

        def fail():
            kill_all(home, daemon)
            return "250 2.0.0 taken"
        box.say(verb, fail)
        home.diurna("digest", "--close")
        daemon.wait()
        wait_until(lambda: not home.running("--mail") and not home.running("--publish"), "the end of all")
        second = home.start()
        if verb == "taken":
            second.wait_for("it may have arrived and is not sent again")
        else:
            second.wait_for("accepted")
        assert second.stop() == 0
        third = start(home)
        assert third.stop() == 0
        wait_until(lambda: box.mails, "the server to have put it away")
        assert len(box.mails) == 1
        assert spool(home) == ["unsure" if verb == "taken" else "sent"]


def test_an_answer_that_never_comes_is_not_a_no(printer):
    with Postbox() as box:
        home = printer(server=box.url)
        box.say("taken", None)
        home.once("--edition")
        home.once()
        assert len(box.mails) == 1 and spool(home) == ["unsure"]
        assert "mail: 1 cut off before the answer" in home.diurna("check").stdout
        # Whoever knows that it did not arrive gives it its name back.
        name = next(n for n in os.listdir(home.path("mail")) if n.endswith(".unsure"))
        os.rename(home.path("mail", name), home.path("mail", name.replace(".unsure", ".eml")))
        home.once()
        assert len(box.mails) == 2 and spool(home) == ["sent"]


def test_another_failed_format_does_not_hold_it_up(printer):
    with Postbox() as box:
        home = printer(server=box.url)
        noon = int(time.time()) // 86400 * 86400 + 12 * 3600
        home.set_clock(noon)  # its day does not end meanwhile
        home.once()
        day = time.strftime("%Y-%m-%d", time.gmtime(noon))
        os.makedirs(home.path("digests", day, "europe.html"))  # in the way of the file
        assert home.diurnad("--once", "--edition").returncode == 74
        home.diurnad("--once")
        assert len(box.mails) == 1
        os.rmdir(home.path("digests", day, "europe.html"))
        home.once()
        assert len(box.mails) == 1 and spool(home) == ["sent"]


def test_into_a_maildir(printer):
    home = printer(maildir="Maildir")
    home.once("--edition")
    assert sorted(os.listdir(home.path("Maildir"))) == ["cur", "new", "tmp"]
    names = os.listdir(home.path("Maildir", "new"))
    assert len(names) == 1 and os.listdir(home.path("Maildir", "tmp")) == []
    with open(home.path("Maildir", "new", names[0]), "rb") as file:
        assert email.message_from_binary_file(file)["To"] == '"Ada" <ada@reader.example>'
    home.once()
    assert os.listdir(home.path("Maildir", "new")) == names


def test_a_name_with_an_angle_in_it(printer):
    with Postbox() as box:
        printer(server=box.url, **{"from": "A <quick> paper <kurier@press.example>"}).once("--edition")
    assert [m.sender for m in box.mails] == ["kurier@press.example"]
    assert box.mails[0].message["From"].addresses[0].display_name == "A <quick> paper"


def test_through_sendmail(printer):
    home = printer(sendmail="sendmail")
    with open(home.path("sendmail"), "w", encoding="ascii") as file:
        file.write('#!/bin/sh\necho "$*" >>"%s"\n[ -e "%s" ] || exit 75\ncat >"%s"\n' % (
            home.path("arguments"), home.path("ready"), home.path("taken")))
    os.chmod(home.path("sendmail"), 0o755)
    done = home.diurnad("--once", "--edition")
    assert done.returncode == 75 and "ended with code 75" in done.stderr and spool(home) == ["eml"]
    with open(home.path("ready"), "w", encoding="ascii"):
        pass
    home.once()
    home.once()
    with open(home.path("arguments"), encoding="ascii") as file:
        assert file.read().splitlines() == ["-i -f kurier@press.example -- ada@reader.example"] * 2
    with open(home.path("taken"), "rb") as file:
        assert email.message_from_binary_file(file)["Subject"]
    assert spool(home) == ["sent"]


@pytest.mark.parametrize("options,line", [
    ({"to": []}, "mail has no recipient"),
    ({}, "mail does not say how"),
    ({"server": "smtp://a.example", "maildir": "M"}, "mail says more than one way"),
    ({"server": "http://a.example"}, "smtps://mail.example.org"),
    ({"server": "smtp://a.example", "to": ["ada at reader.example"]}, "me@example.org"),
    ({"maildir": "M", "user": "ada"}, "are for a server"),
    ({"server": "smtp://a.example", "password-file": "x"}, "has a password-file and no user"),
])
def test_mistakes_are_named(printer, options, line):
    home = printer(**options)
    done = home.diurna("check")
    assert done.returncode == 78 and line in done.stdout + done.stderr


def test_nobody_is_mailed_an_empty_page(printer):
    with Postbox() as box:
        home = printer(server=box.url)
        home.once("--edition")
        home.set_clock("+86400")
        home.once("--edition")
    assert home.sql("SELECT count(*), min(item_count) FROM edition") == [(2, 0)]
    assert len(box.mails) == 1 and spool(home) == ["sent"]
