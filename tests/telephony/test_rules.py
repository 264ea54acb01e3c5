"""Signatures and the order of a call's states."""

import pytest

from energymed.telephony.rules import is_signed, moves_on, signature

BODY, SECRET, TIME = b'{"call": "x", "event": "ended"}', "s3cret", "1795424400"
NOW = float(TIME)


def test_a_signature_as_any_tool_makes_it() -> None:
    """`printf '%s.%s' 1795424400 "$body" | openssl dgst -sha256 -hmac s3cret`."""
    assert signature(SECRET, TIME, BODY) == (
        "830bdbf89bb839ed9838235875eb63804c73eaeb0170ecfab254c81c30431f0e"
    )
    assert is_signed(SECRET, TIME, BODY, signature(SECRET, TIME, BODY).upper(), NOW + 300)


@pytest.mark.parametrize(
    ("secret", "timestamp", "body", "given", "now"),
    [
        (SECRET, TIME, BODY, "", NOW),
        (SECRET, TIME, BODY, "0" * 64, NOW),
        (SECRET, TIME, BODY, "é" * 64, NOW),
        (SECRET, TIME, BODY + b" ", None, NOW),
        (SECRET, TIME, BODY, None, NOW + 301),
        (SECRET, TIME, BODY, None, NOW - 301),
        ("other", TIME, BODY, None, NOW),
        ("", TIME, BODY, None, NOW),
        (SECRET, "", BODY, None, NOW),
        (SECRET, "-1", BODY, None, NOW),
        (SECRET, "9" * 40, BODY, None, NOW),
    ],
)
def test_anything_else_is_not_signed(
    secret: str, timestamp: str, body: bytes, given: str | None, now: float
) -> None:
    right = signature(SECRET, TIME, BODY)
    assert not is_signed(secret, timestamp, body, right if given is None else given, now)


def test_states_only_go_on() -> None:
    assert [moves_on("asked", event) for event in ("ringing", "answered", "ended", "failed")] == [
        True
    ] * 4
    assert not moves_on("answered", "ringing")
    assert not moves_on("answered", "failed")
    assert moves_on("answered", "ended")
    assert not any(moves_on("ended", event) for event in ("ringing", "answered", "failed"))
    assert not moves_on("asked", "asked")
