"""Local peers to send to: an HTTP gateway and a mail server, both real, both on this machine."""

import json
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Event, Thread
from typing import Any, cast
from urllib.parse import parse_qs


@dataclass
class SmsPeer:
    """An SMS gateway: what it received, and what it answers.

    `hang` keeps it silent after it has read a request, until the peer is stopped.
    """

    status: int = 200
    body: bytes = b'{"id": "abc-1"}'
    headers: dict[str, str] = field(default_factory=dict)
    hang: bool = False
    drop: bool = False
    received: list[dict[str, Any]] = field(default_factory=list)
    seen: list[dict[str, str]] = field(default_factory=list)
    port: int = 0
    over: Event = field(default_factory=Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/sms"


class _SmsHandler(BaseHTTPRequestHandler):
    peer: SmsPeer

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers["Content-Length"])).decode()
        if self.headers["Content-Type"] == "application/json":
            self.peer.received.append(json.loads(raw))
        else:
            self.peer.received.append({name: one[0] for name, one in parse_qs(raw).items()})
        self.peer.seen.append(dict(self.headers))
        if self.peer.hang:
            self.peer.over.wait()
        if self.peer.hang or self.peer.drop:
            self.close_connection = True
            return
        self.send_response(self.peer.status)
        for name, value in self.peer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(self.peer.body)))
        self.end_headers()
        self.wfile.write(self.peer.body)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@contextmanager
def sms_peer(**values: Any) -> Iterator[SmsPeer]:
    """A gateway on a free port, stopped at the end."""
    peer = SmsPeer(**values)
    handler = type("Handler", (_SmsHandler,), {"peer": peer})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    peer.port = server.server_port
    with _serving(server, peer.over):
        yield peer


@dataclass
class SmtpPeer:
    """A mail server: the mails that it took, and answers of its own for some commands.

    `answers` are {command: reply}, "END" being the end of the data; a reply of None drops the
    line, "" keeps silent. `on_data` is called when a whole mail is there, before it is answered.
    """

    answers: dict[str, str | None] = field(default_factory=dict)
    on_data: Callable[[], None] = lambda: None
    tls: ssl.SSLContext | None = None
    mails: list[EmailMessage] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    port: int = 0
    over: Event = field(default_factory=Event)

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"


class _Dropped(Exception):
    pass


class _SmtpHandler(StreamRequestHandler):
    peer: SmtpPeer

    def handle(self) -> None:
        try:
            self._reply("HELLO", "220 peer ready")
            while line := self.rfile.readline():
                self._command(line.decode().strip())
        except (_Dropped, OSError):
            return
        finally:
            if isinstance(self.request, ssl.SSLSocket):
                self.rfile.close()
                self.request.close()

    def _command(self, line: str) -> None:
        verb = line[:4].upper()
        self.peer.commands.append(line)
        if verb == "EHLO":
            offered = "250-peer\r\n250-STARTTLS" if self.peer.tls else "250-peer"
            self._reply(verb, offered + "\r\n250-AUTH PLAIN\r\n250 SIZE 1000000")
        elif verb == "STAR" and self.peer.tls is not None:
            self._reply(verb, "220 go")
            self.request = self.peer.tls.wrap_socket(self.request, server_side=True)
            self.rfile, self.wfile = self.request.makefile("rb"), self.request.makefile("wb", 0)
        elif verb == "DATA":
            self._reply(verb, "354 go")
            self._take_mail()
        elif verb == "QUIT":
            self._reply(verb, "221 bye")
            raise _Dropped
        else:
            self._reply(verb, "235 welcome" if verb == "AUTH" else "250 ok")

    def _take_mail(self) -> None:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b"."))
        mail = message_from_bytes(b"".join(lines), policy=default)
        self.peer.mails.append(cast(EmailMessage, mail))
        self.peer.on_data()
        self._reply("END", "250 taken")

    def _reply(self, verb: str, usual: str) -> None:
        answer = self.peer.answers.get(verb, usual)
        if answer == "":
            self.peer.over.wait()
        if not answer:
            raise _Dropped
        self.wfile.write(answer.encode() + b"\r\n")


@contextmanager
def smtp_peer(**values: Any) -> Iterator[SmtpPeer]:
    """A mail server on a free port, stopped at the end."""
    peer = SmtpPeer(**values)
    handler = type("Handler", (_SmtpHandler,), {"peer": peer})
    server = ThreadingTCPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    peer.port = server.server_address[1]
    with _serving(server, peer.over):
        yield peer


@contextmanager
def _serving(server: ThreadingTCPServer, over: Event) -> Iterator[None]:
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield
    finally:
        over.set()
        server.shutdown()
        server.server_close()
        thread.join()
