"""Keys of the age format (https://age-encryption.org/v1), in the letters that its tool writes.

`age1…` is public: whoever has it can close a backup, and no more. `AGE-SECRET-KEY-1…` opens it.
Both are X25519 keys written in Bech32 (BIP 173), whose checksum finds a mistyped letter.
"""

import re
from collections.abc import Iterable

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

PUBLIC, SECRET = "age", "age-secret-key-"
_LETTERS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATORS = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_CHECKSUM = 6  # letters
_SECRET_LINE = re.compile(r"^AGE-SECRET-KEY-1[A-Z0-9]+$", re.MULTILINE)


def public_key(text: str) -> X25519PublicKey:
    """The key that `age1…` writes.

    Raises:
        ValueError: it is none, or a letter is wrong.
    """
    return X25519PublicKey.from_public_bytes(_decode(PUBLIC, text))


def secret_key(text: str) -> X25519PrivateKey:
    """The key of a file that `age-keygen` or `energymed backup-key` wrote: lines of `#` aside.

    Raises:
        ValueError: there is none, or several, or a letter is wrong.
    """
    found = _SECRET_LINE.findall(text.replace("\r", ""))
    if len(found) != 1:
        raise ValueError("one secret key is due")
    return X25519PrivateKey.from_private_bytes(_decode(SECRET, found[0]))


def write_public(key: X25519PublicKey) -> str:
    """`age1…`."""
    return _encode(PUBLIC, raw(key))


def write_secret(key: X25519PrivateKey) -> str:
    """`AGE-SECRET-KEY-1…`."""
    return _encode(SECRET, key.private_bytes_raw()).upper()


def raw(key: X25519PublicKey) -> bytes:
    """Its 32 bytes."""
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw)


def _encode(kind: str, content: bytes) -> str:
    values = _regrouped(content, 8, 5)
    polymod = _polymod([*_spread(kind), *values, *[0] * _CHECKSUM]) ^ 1
    checksum = [(polymod >> 5 * (_CHECKSUM - 1 - at)) & 31 for at in range(_CHECKSUM)]
    return f"{kind}1" + "".join(_LETTERS[value] for value in [*values, *checksum])


def _decode(kind: str, text: str) -> bytes:
    if text not in (text.lower(), text.upper()):
        raise ValueError("small and capital letters are mixed")
    found, _, letters = text.lower().rpartition("1")
    if found != kind or len(letters) <= _CHECKSUM:
        raise ValueError(f"no {kind} key")
    values = [_LETTERS.index(letter) for letter in letters]
    if _polymod([*_spread(kind), *values]) != 1:
        raise ValueError("a letter of the key is wrong")
    content = bytes(_regrouped(values[:-_CHECKSUM], 5, 8, pad=False))
    if _encode(kind, content) != text.lower():
        raise ValueError("the key has bits to spare")
    return content


def _spread(kind: str) -> list[int]:
    codes = kind.encode()
    return [*(code >> 5 for code in codes), 0, *(code & 31 for code in codes)]


def _polymod(values: Iterable[int]) -> int:
    checked = 1
    for value in values:
        top = checked >> 25
        checked = (checked & 0x1FFFFFF) << 5 ^ value
        for at, generator in enumerate(_GENERATORS):
            checked ^= generator if top >> at & 1 else 0
    return checked


def _regrouped(values: Iterable[int], size: int, wanted: int, *, pad: bool = True) -> list[int]:
    """Numbers of `size` bits as numbers of `wanted` bits."""
    held = bits = 0
    found = []
    for value in values:
        held, bits = held << size | value, bits + size
        while bits >= wanted:
            bits -= wanted
            found.append(held >> bits & (1 << wanted) - 1)
        held &= (1 << bits) - 1
    if pad and bits:
        found.append(held << wanted - bits & (1 << wanted) - 1)
    return found
