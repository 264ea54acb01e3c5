"""Whether mail, text messages and the exchange answer; a server that hangs is told in time."""

import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from energymed.config import Settings
from energymed.messages import sending
from energymed.messages.http_gateway import HttpSms
from energymed.messages.smtp_gateway import Smtp
from energymed.operations.doctor.codes import Health
from energymed.operations.doctor.outlets import outlet_findings

pytestmark = pytest.mark.once
NONE = Settings(Path("/nowhere"), "", mail_from="a@example.org")


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """Somebody who takes a connection and says nothing, or what a test lets it say."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


def answering(server: socket.socket, *lines: bytes) -> int:
    """Answer one visitor, a line for each of theirs; the port."""

    def answer() -> None:
        visitor, _address = server.accept()
        with visitor:
            for line in lines:
                visitor.sendall(line)
                visitor.recv(4096)

    threading.Thread(target=answer, daemon=True).start()
    port: int = server.getsockname()[1]
    return port


def test_what_is_not_set_is_well() -> None:
    found = outlet_findings(NONE)
    assert [one.health for one in found] == [Health.OK] * 3
    assert all("non réglé" in str(one) for one in found)


def test_a_mail_server_that_greets_is_reached(listener: socket.socket) -> None:
    port = answering(listener, b"220 hello\r\n", b"250 hello\r\n", b"221 bye\r\n")
    found = outlet_findings(replace(NONE, smtp_url=f"smtp://127.0.0.1:{port}"))[0]
    assert (found.health, str(found)) == (Health.OK, "E-mail : répond.")


def test_a_mail_server_that_hangs_is_told(
    listener: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = listener.getsockname()[1]
    monkeypatch.setitem(
        sending.MAKERS, "email",
        lambda settings: Smtp.at(settings.smtp_url, settings.mail_from, timeout=0.05),
    )  # fmt: skip
    found = outlet_findings(replace(NONE, smtp_url=f"smtp://127.0.0.1:{port}"))[0]
    assert found.health == Health.WRONG
    assert "n'a pas pu être jointe" in str(found)


@pytest.mark.parametrize("said", [b"HTTP/1.1 405 No\r\nContent-Length: 0\r\n\r\n", b""])
def test_a_gateway_that_answers_anything_is_reached(
    listener: socket.socket, monkeypatch: pytest.MonkeyPatch, said: bytes
) -> None:
    port = answering(listener, said) if said else listener.getsockname()[1]
    monkeypatch.setitem(
        sending.MAKERS, "sms", lambda settings: HttpSms(settings.sms_url, timeout=0.2)
    )
    found = outlet_findings(replace(NONE, sms_url=f"http://127.0.0.1:{port}/sms"))[1]
    assert (found.health == Health.OK) == bool(said)


def test_an_address_that_is_none_and_an_exchange_that_is_away_are_told() -> None:
    wrong = replace(NONE, smtp_url="http://x", dial_url="http://127.0.0.1:1/dial")
    mail, _sms, dial = outlet_findings(wrong)
    assert "smtp://" in str(mail)
    assert (mail.health, dial.health) == (Health.WRONG, Health.WRONG)
