"""The HTTP gateway, against a local one."""

import pytest

from energymed.base.errors import BadInput
from energymed.messages.gateway import NotSent, Outgoing
from energymed.messages.http_gateway import HttpSms
from tests.messages.peers import SmsPeer, sms_peer

MESSAGE = Outgoing("key-1", "+33639980001", "Bonjour, à bientôt", "PIMMS")
QUICK = 0.3


def gateway(peer: SmsPeer, **values: object) -> HttpSms:
    return HttpSms(peer.url, token="s3cret", sender="PIMMS", timeout=QUICK, **values)  # type: ignore[arg-type]


def failure(peer: SmsPeer) -> tuple[str, str]:
    with pytest.raises(NotSent) as error:
        gateway(peer).send(MESSAGE)
    return error.value.code, error.value.detail


def test_json_with_token_and_sender() -> None:
    with sms_peer() as peer:
        assert gateway(peer).send(MESSAGE) == "abc-1"
    assert peer.received == [
        {"to": "+33639980001", "from": "PIMMS", "text": "Bonjour, à bientôt", "reference": "key-1"}
    ]
    (headers,) = peer.seen
    assert headers["Authorization"] == "Bearer s3cret"
    assert headers["Idempotency-Key"] == "key-1"


def test_a_form_with_the_gateways_own_names() -> None:
    named = {"to": "recipient", "text": "message", "reference": ""}
    with sms_peer() as peer:
        gateway(peer, form=True, fields=named).send(MESSAGE)
    assert peer.received == [
        {"recipient": "+33639980001", "from": "PIMMS", "message": "Bonjour, à bientôt"}
    ]


@pytest.mark.parametrize(
    ("body", "receipt"),
    [
        (b'{"message_id": 42}', "42"),
        (b'{"messages": [{"id": "x1"}]}', "x1"),
        (b'{"ids": [7, 8]}', "7"),
        (b'{"data": {"sid": "SM1"}}', "SM1"),
        (b"OK", ""),
        (b"", ""),
        (b"[]", ""),
        (b'{"id": null}', ""),
        (b'{"id": "' + b"9" * 300 + b'"}', "9" * 120),
        (b"[" * 20_000, ""),
    ],
)
def test_receipts_are_found_where_gateways_put_them(body: bytes, receipt: str) -> None:
    with sms_peer(status=202, body=body) as peer:
        assert gateway(peer).send(MESSAGE) == receipt


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (400, "refused"), (401, "refused"), (404, "refused"), (422, "refused"), (429, "busy"),
        (500, "busy"), (503, "busy"), (408, "broken_off"), (502, "broken_off"),
        (504, "broken_off"), (520, "broken_off"),
    ],
)  # fmt: skip
def test_what_a_status_says(status: int, code: str) -> None:
    with sms_peer(status=status, body=b"Mme MOREAU doit 600 euros") as peer:
        assert failure(peer) == (code, f"HTTP {status}")


def test_a_redirect_is_not_followed_with_the_token() -> None:
    with sms_peer() as elsewhere, sms_peer(status=302) as peer:
        peer.headers["Location"] = elsewhere.url
        assert failure(peer) == ("refused", "HTTP 302")
    assert elsewhere.seen == []


def test_silence_leaves_open_whether_it_left() -> None:
    with sms_peer(hang=True) as peer:
        assert failure(peer)[0] == "timeout"
    assert len(peer.received) == 1


def test_a_line_cut_after_the_request_leaves_it_open_too() -> None:
    with sms_peer(drop=True) as peer:
        assert failure(peer)[0] == "broken_off"


def test_nobody_there() -> None:
    with sms_peer() as peer:
        pass
    assert failure(peer) == ("unreachable", "ConnectionRefusedError")


@pytest.mark.parametrize(
    "url",
    ["http://sms.example.org/send", "ftp://127.0.0.1/", "https://", "sms", "file:///etc/passwd"],
)
def test_an_open_line_is_for_this_machine_alone(url: str) -> None:
    with pytest.raises(BadInput, match="https"):
        HttpSms(url)


def test_the_token_is_not_shown() -> None:
    assert "s3cret" not in repr(HttpSms("https://sms.example.org", token="s3cret"))
