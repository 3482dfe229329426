"""A web server and a mail server on this machine that keep what they are sent and answer as a test says."""

import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


@dataclass
class WebReceiver:
    """A webhook's receiver: `answers` are the status codes of the next calls, 204 after them."""

    url: str = ""
    answers: list[int] = field(default_factory=list)
    calls: list[tuple[dict[str, str], bytes]] = field(default_factory=list)


@contextmanager
def web_receiver() -> Iterator[WebReceiver]:
    """The receiver while the block runs."""
    found = WebReceiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            found.calls.append((dict(self.headers), body))
            status = found.answers.pop(0) if found.answers else 204
            self.send_response(status)
            if status in (301, 302, 307):
                self.send_header("Location", found.url + "elsewhere")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found.url = f"http://127.0.0.1:{server.server_port}/hook/a-secret-path"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()


@dataclass
class MailReceiver:
    """A mail server: `refusals` are the codes of the next deliveries, 250 after them."""

    port: int = 0
    tls: ssl.SSLContext | None = None
    refusals: list[int] = field(default_factory=list)
    mails: list[EmailMessage] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)


def certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for `localhost` that nobody else trusts, and its key; made anew for each run of the tests."""
    key, certified = folder / "key.pem", folder / "certificate.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command += ["-keyout", str(key), "-out", str(certified), "-days", "2", "-subj", "/CN=localhost"]
    command += ["-addext", "subjectAltName=DNS:localhost"]
    subprocess.run(command, check=True, capture_output=True)
    return certified, key


@contextmanager
def mail_receiver(certified: tuple[Path, Path] | None = None) -> Iterator[MailReceiver]:
    """The server while the block runs; it offers STARTTLS where it has a certificate."""
    found = MailReceiver()
    if certified is not None:
        found.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        found.tls.load_cert_chain(*certified)
    listener = socket.create_server(("127.0.0.1", 0))
    found.port = listener.getsockname()[1]

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=_talk, args=(connection, found), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield found
    finally:
        listener.close()


def _talk(connection: socket.socket, found: MailReceiver) -> None:
    encrypted, lines = False, connection.makefile("rb")

    def say(text: str) -> None:
        connection.sendall(f"{text}\r\n".encode())

    say("220 localhost")
    for raw in lines:
        word = raw.decode().split(" ")[0].strip().upper()
        if word == "EHLO":
            say("250-localhost\r\n250-STARTTLS\r\n250 8BITMIME" if found.tls and not encrypted else "250 localhost")
        elif word == "STARTTLS" and found.tls:
            say("220 go on")
            try:
                connection = found.tls.wrap_socket(connection, server_side=True)
            except (ssl.SSLError, OSError):
                return
            encrypted, lines = True, connection.makefile("rb")
            _talk_on(connection, lines, found, encrypted)
            return
        elif not _answered(word, lines, connection, found, encrypted):
            return


def _talk_on(connection: socket.socket, lines: object, found: MailReceiver, encrypted: bool) -> None:
    for raw in lines:  # type: ignore[attr-defined]
        word = raw.decode().split(" ")[0].strip().upper()
        if word == "EHLO":
            connection.sendall(b"250-localhost\r\n250 8BITMIME\r\n")
        elif not _answered(word, lines, connection, found, encrypted):
            return


def _answered(word: str, lines: object, connection: socket.socket, found: MailReceiver, encrypted: bool) -> bool:
    """Answer one command; False after the last."""
    answer = "250 ok"
    if word == "DATA":
        connection.sendall(b"354 go on\r\n")
        body = b""
        for raw in lines:  # type: ignore[attr-defined]
            if raw == b".\r\n":
                break
            body += raw[1:] if raw.startswith(b".") else raw
        if found.refusals:
            answer = f"{found.refusals.pop(0)} not now"
        else:
            mail = message_from_bytes(body, policy=default)
            assert isinstance(mail, EmailMessage)
            found.mails.append(mail)
            found.encrypted.append(encrypted)
    elif word == "QUIT":
        connection.sendall(b"221 bye\r\n")
        return False
    connection.sendall(f"{answer}\r\n".encode())
    return True
