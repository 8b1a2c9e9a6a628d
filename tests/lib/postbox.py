"""A mail server on loopback, as good or bad as a test wants it.

    with Postbox() as box:
        box.say("DATA", "451 4.3.0 try again")   # the next answer to DATA; "." is the end of a mail
        ...
        assert len(box.mails) == 1

It speaks ESMTP, STARTTLS and AUTH PLAIN/LOGIN where it has been given a certificate, and keeps what
it accepted. A hook may be called instead of an answer: what it returns is said, None closes the
connection.
"""

import base64
import dataclasses
import email
import email.policy
import os
import socketserver
import ssl
import subprocess
import threading


def certificate(directory):
    """Path of a key with its certificate for 127.0.0.1 and localhost; None: openssl is not there."""
    path = os.path.join(str(directory), "postbox.pem")
    key = path + ".key"
    try:
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
             "-keyout", key, "-out", path, "-days", "2", "-subj", "/CN=localhost", "-addext",
             "subjectAltName=IP:127.0.0.1,DNS:localhost"],
            check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    except FileNotFoundError:
        return None
    return path


@dataclasses.dataclass
class Mail:
    """One that was accepted."""

    sender: str
    recipients: list
    body: bytes
    is_encrypted: bool
    user: str  # None: nobody logged in
    password: str

    @property
    def message(self):
        return email.message_from_bytes(self.body, policy=email.policy.default)


class Postbox:
    def __init__(self, pem=None, is_wrapped=False, needs_login=False):
        self.lock = threading.Lock()
        self.mails = []
        self.log = []  # what clients said, passwords too
        self.answers = {}  # verb -> list of texts and hooks
        self.pem = pem
        self.is_wrapped = is_wrapped
        self.needs_login = needs_login
        self.server = _Server(("127.0.0.1", 0), _Handler)
        self.server.box = self
        self.port = self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)
        self.thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    @property
    def url(self):
        return "%s://127.0.0.1:%d" % ("smtps" if self.is_wrapped else "smtp", self.port)

    def say(self, verb, *answers):
        """What to answer to the next ones of this command: a text, or a function that returns one."""
        with self.lock:
            self.answers.setdefault(verb, []).extend(answers)

    def context(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.pem, self.pem + ".key")
        return context


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def handle_error(self, request, client_address):
        pass  # clients leave as they like


class _Handler(socketserver.BaseRequestHandler):
    def setup(self):
        self.box = self.server.box
        self.is_encrypted = self.box.is_wrapped
        self.user = self.password = None
        if self.box.is_wrapped:
            self.request = self.box.context().wrap_socket(self.request, server_side=True)
        self.request.settimeout(60)
        self.file = self.request.makefile("rb")
        self.reset()

    def finish(self):
        # A socket whose file is open stays open.
        self.file.close()
        self.request.close()

    def reset(self):
        self.sender = None
        self.recipients = []

    def put(self, text):
        self.request.sendall(text.encode("ascii") + b"\r\n")

    def scripted(self, verb):
        """The answer that a test asked for: (there was one, its text)."""
        with self.box.lock:
            waiting = self.box.answers.get(verb)
            answer = waiting.pop(0) if waiting else ""
        if callable(answer):
            return True, answer()
        return answer != "", answer

    def handle(self):
        self.put("220 postbox ESMTP")
        while True:
            line = self.file.readline()
            if not line:
                return
            text = line.decode("utf-8", "replace").strip()
            self.box.log.append(text)
            verb = text.split(" ")[0].upper()
            is_scripted, answer = self.scripted(verb)
            if not is_scripted:
                answer = getattr(self, "on_" + verb.lower(), self.on_other)(text)
            if answer is None:
                return
            self.put(answer)
            if verb == "QUIT":
                return
            if verb == "STARTTLS" and answer.startswith("220"):
                self.file.close()
                self.request = self.box.context().wrap_socket(self.request, server_side=True)
                self.file = self.request.makefile("rb")
                self.is_encrypted = True

    def on_ehlo(self, text):
        lines = ["postbox", "8BITMIME"]
        if self.box.pem and not self.is_encrypted:
            lines.append("STARTTLS")
        if self.box.needs_login:
            lines.append("AUTH PLAIN")
        return "\r\n".join("250%s%s" % (" " if n + 1 == len(lines) else "-", t) for n, t in enumerate(lines))

    def on_starttls(self, text):
        return "220 go ahead" if self.box.pem else "502 no"

    def on_auth(self, text):
        words = text.split(" ")
        if len(words) < 3:
            self.put("334 ")
            words = [*words[:2], self.file.readline().decode().strip()]
        _, self.user, self.password = base64.b64decode(words[2]).decode().split("\0")
        return "235 welcome" if self.password == "secret" else "535 5.7.8 wrong password"

    def on_mail(self, text):
        if self.box.needs_login and self.user is None:
            return "530 5.7.0 log in first"
        self.reset()
        self.sender = text.partition("<")[2].partition(">")[0]
        return "250 ok"

    def on_rcpt(self, text):
        self.recipients.append(text.partition("<")[2].partition(">")[0])
        return "250 ok"

    def on_data(self, text):
        self.put("354 go on")
        lines = []
        while True:
            line = self.file.readline()
            if not line:
                return None
            if line == b".\r\n":
                break
            lines.append(line[1:] if line.startswith(b".") else line)
        mail = Mail(self.sender, self.recipients, b"".join(lines), self.is_encrypted, self.user, self.password)
        is_scripted, answer = self.scripted(".")
        if is_scripted:
            return answer
        self.box.mails.append(mail)
        # "taken" is before the client can know.
        is_scripted, answer = self.scripted("taken")
        return answer if is_scripted else "250 2.0.0 taken"

    def on_rset(self, text):
        self.reset()
        return "250 ok"

    def on_noop(self, text):
        return "250 ok"

    def on_quit(self, text):
        return "221 bye"

    def on_other(self, text):
        return "502 not known"
