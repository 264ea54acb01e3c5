"""Signatures of the exchange's events, and the order of a call's states. Pure.

A signature is the hexadecimal HMAC-SHA256, with the shared secret, of the time (Unix seconds), a
full stop and the body as it is sent (docs/telephony.md).
"""

import hmac
from datetime import timedelta

from energymed.telephony.codes import DialState

TOLERANCE_S = 300
RINGS_FOR = timedelta(minutes=1)  # an exchange that tells nothing may be asked again after that
ORDER = (DialState.ASKED, DialState.RINGING, DialState.ANSWERED, DialState.ENDED)
FINAL = (DialState.ENDED, DialState.FAILED)


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """The signature of an event."""
    signed = timestamp.encode() + b"." + body
    return hmac.digest(secret.encode(), signed, "sha256").hex()


def is_signed(secret: str, timestamp: str, body: bytes, given: str, now_s: float) -> bool:
    """Whether an event bears the right signature and is not older than five minutes."""
    if not secret or not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        return False
    if abs(now_s - int(timestamp)) > TOLERANCE_S or not given.isascii():
        return False
    return hmac.compare_digest(signature(secret, timestamp, body), given.lower())


def is_under_way(state: DialState, since_asked: timedelta) -> bool:
    """Whether a call rings, is about to, or is being held: asked for again, it would ring twice."""
    return state == DialState.ANSWERED or (state not in FINAL and since_asked < RINGS_FOR)


def is_missed_answer(state: DialState, event: DialState, *, answered: bool) -> bool:
    """Whether an event says, after the end, that the call had been answered."""
    ended = state == DialState.ENDED and event == DialState.ANSWERED
    return ended and not answered


def moves_on(state: DialState, event: DialState) -> bool:
    """Whether an event takes a call further: told twice or too late, it changes nothing."""
    if state in FINAL:
        return False
    if event == DialState.FAILED:
        return state != DialState.ANSWERED
    return event in ORDER and ORDER.index(event) > ORDER.index(state)
