"""Files that only one key opens: the age format (https://age-encryption.org/v1), nothing of ours.

A random file key is wrapped for a public key (X25519, HKDF-SHA256) or for a passphrase (scrypt);
what follows is cut into pieces of 64 KiB, each closed by ChaCha20-Poly1305 with its number and
whether it is the last one: a changed bit, a missing, added or moved piece is found. The `age` tool
opens what is written here, and the other way round.
"""

import hashlib
import hmac
import io
import secrets
from base64 import b64decode, b64encode
from dataclasses import dataclass
from typing import Any, BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from energymed.base.age.keys import raw

VERSION = b"age-encryption.org/v1"
PIECE = 64 * 1024
WORK = 17  # scrypt takes 2^17 * 1 KiB of memory, and a third of a second
MOST_WORK = 20  # what a file may ask of us
_TAG, _KEY, _NONCE, _SALT = 16, 16, 16, 16
_LONGEST_LINE = 256
_ZERO = bytes(12)  # a wrapping key is used once


class NotAge(ValueError):
    """The file does not begin as one of this format."""


class WrongKey(ValueError):
    """The key or passphrase is not the one that it was closed for."""


class Damaged(ValueError):
    """A byte was changed, or some are missing or too many."""


@dataclass(frozen=True, slots=True)
class Passphrase:
    """What a person types."""

    words: str
    work: int = WORK


Lock = X25519PublicKey | Passphrase
Key = X25519PrivateKey | Passphrase


@dataclass(frozen=True, slots=True)
class Head:
    """What stands before the content: for whom the file key is wrapped (`stanza`), and how."""

    stanza: tuple[bytes, ...]
    wrapped: bytes
    signed: bytes
    mac: bytes

    @property
    def wants_passphrase(self) -> bool:
        """Whether a passphrase opens it, and no key."""
        return self.stanza[0] == b"scrypt"


class Sealer:
    """A file to write to: what goes in comes out closed for `lock`. `close` writes the last piece.

    The file below stays open.
    """

    def __init__(self, below: BinaryIO, lock: Lock) -> None:
        self._below, self._held, self._number = below, bytearray(), 0
        file_key, nonce = secrets.token_bytes(_KEY), secrets.token_bytes(_NONCE)
        self._piece_key = ChaCha20Poly1305(_derive(file_key, nonce, b"payload"))
        below.write(_write_head(file_key, lock) + nonce)

    def write(self, content: bytes) -> int:
        """Take in some bytes; a piece is closed once more follows."""
        self._held += content
        while len(self._held) > PIECE:
            self._put(bytes(self._held[:PIECE]), last=False)
            del self._held[:PIECE]
        return len(content)

    def flush(self) -> None:
        """Nothing: a piece is closed when it is full."""

    def close(self) -> None:
        """Close the last piece; without it the file is refused as cut short."""
        self._put(bytes(self._held), last=True)

    def _put(self, piece: bytes, *, last: bool) -> None:
        self._below.write(self._piece_key.encrypt(_piece_nonce(self._number, last), piece, None))
        self._number += 1


class Opener(io.RawIOBase):
    """A file to read from: what was closed, piece by piece, none before it is judged.

    Raises:
        WrongKey, Damaged: at once, or while reading. At its end the whole file is judged.
    """

    def __init__(self, below: BinaryIO, head: Head, key: Key) -> None:
        file_key = _unwrap(head, key)
        if not hmac.compare_digest(_mac(file_key, head.signed), head.mac):
            raise Damaged
        nonce = below.read(_NONCE)
        if len(nonce) < _NONCE:
            raise Damaged
        self._piece_key = ChaCha20Poly1305(_derive(file_key, nonce, b"payload"))
        self._below, self._number, self._open = below, 0, memoryview(b"")
        self._next = below.read(PIECE + _TAG)
        self._over = False

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, place: Any) -> int:
        """Give as much of the present piece as there is place for; 0 at the end."""
        if not self._open and not self._over:
            self._open = memoryview(self._take())
        wanted = memoryview(place).cast("B")
        count = min(len(wanted), len(self._open))
        wanted[:count], self._open = self._open[:count], self._open[count:]
        return count

    def _take(self) -> bytes:
        piece, self._next = self._next, self._below.read(PIECE + _TAG)
        self._over = not self._next
        try:
            found = self._piece_key.decrypt(_piece_nonce(self._number, self._over), piece, None)
        except InvalidTag as error:
            raise Damaged from error
        if not found and self._number:
            raise Damaged
        self._number += 1
        return found


def read_head(below: BinaryIO) -> Head:
    """The head, with the file left at what follows it.

    Raises:
        NotAge: it does not begin as such a file, or has more than one lock.
        Damaged: it begins so, and goes on otherwise.
    """
    if below.read(len(VERSION) + 1) != VERSION + b"\n":
        raise NotAge
    arguments = _line(below).split(b" ")
    if len(arguments) < 3 or arguments[0] != b"->":
        raise Damaged
    body, end = _line(below), _line(below)
    if not end.startswith(b"--- "):
        raise Damaged
    signed = b"\n".join([VERSION, b" ".join(arguments), body, b"---"])
    wrapped, mac = _unwritten(body), _unwritten(end.removeprefix(b"--- "))
    return Head(tuple(arguments[1:]), wrapped, signed, mac)


def _line(below: BinaryIO) -> bytes:
    found = below.readline(_LONGEST_LINE)
    if not found.endswith(b"\n"):
        raise Damaged
    return found[:-1]


def _write_head(file_key: bytes, lock: Lock) -> bytes:
    if isinstance(lock, Passphrase):
        salt = secrets.token_bytes(_SALT)
        stanza = b"scrypt %s %d" % (_written(salt), lock.work)
        wrap_key = _stretched(lock.words, salt, lock.work)
    else:
        own = X25519PrivateKey.generate()
        stanza = b"X25519 " + _written(raw(own.public_key()))
        wrap_key = _agreed(own.exchange(lock), raw(own.public_key()), raw(lock))
    wrapped = ChaCha20Poly1305(wrap_key).encrypt(_ZERO, file_key, None)
    signed = b"\n".join([VERSION, b"-> " + stanza, _written(wrapped), b"---"])
    return signed + b" " + _written(_mac(file_key, signed)) + b"\n"


def _unwrap(head: Head, key: Key) -> bytes:
    kind, *arguments = head.stanza
    if (kind == b"scrypt") != isinstance(key, Passphrase) or kind not in (b"scrypt", b"X25519"):
        raise WrongKey
    try:
        return ChaCha20Poly1305(_wrap_key(arguments, key)).decrypt(_ZERO, head.wrapped, None)
    except InvalidTag as error:
        raise WrongKey from error


def _wrap_key(arguments: list[bytes], key: Key) -> bytes:
    if isinstance(key, Passphrase):
        if len(arguments) != 2 or not arguments[1].isdigit() or int(arguments[1]) > MOST_WORK:
            raise Damaged
        return _stretched(key.words, _unwritten(arguments[0]), int(arguments[1]))
    share = _unwritten(arguments[0])
    if len(arguments) != 1 or len(share) != len(raw(key.public_key())):
        raise Damaged
    try:
        agreed = key.exchange(X25519PublicKey.from_public_bytes(share))
    except ValueError as error:  # a share that agrees on nothing with any key
        raise Damaged from error
    return _agreed(agreed, share, raw(key.public_key()))


def _agreed(secret: bytes, share: bytes, recipient: bytes) -> bytes:
    return _derive(secret, share + recipient, VERSION + b"/X25519")


def _stretched(words: str, salt: bytes, work: int) -> bytes:
    return hashlib.scrypt(
        words.encode(), salt=VERSION + b"/scrypt" + salt, n=1 << work, r=8, p=1, dklen=32,
        maxmem=(1 << work) * 1024 + (1 << 21),
    )  # fmt: skip


def _derive(secret: bytes, salt: bytes, info: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt, info).derive(secret)


def _mac(file_key: bytes, signed: bytes) -> bytes:
    return hmac.digest(_derive(file_key, b"", b"header"), signed, "sha256")


def _piece_nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


def _written(content: bytes) -> bytes:
    return b64encode(content).rstrip(b"=")


def _unwritten(text: bytes) -> bytes:
    """The bytes of a base64 without its `=`; written in one way alone."""
    try:
        found = b64decode(text + b"=" * (-len(text) % 4), validate=True)
    except ValueError as error:
        raise Damaged from error
    if _written(found) != text:
        raise Damaged
    return found
