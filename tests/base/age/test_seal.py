"""Sealed files: the age format as its own tool has it; whatever was changed is refused."""

import io
from base64 import b64decode
from collections.abc import Iterable

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from energymed.base.age import seal
from energymed.base.age.keys import public_key, secret_key, write_public, write_secret
from energymed.base.age.seal import (
    PIECE,
    Damaged,
    Head,
    Key,
    Lock,
    NotAge,
    Opener,
    Passphrase,
    Sealer,
    WrongKey,
    read_head,
)

# made by `age-keygen` and `age` 1.1.1
PUBLIC = "age165axz3x5szacyxhgh3ux22sxzqxjj6wmwjxk2278zmuxfdc9rgws68g0wf"
SECRET = "AGE-SECRET-KEY-1UGPVMSMCHS34X36HHYQWJRUW372C4CS35HUZ0SAYQUNZAACSW2WSZTY040"
BY_AGE = b64decode(
    "YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSBNUDF0R01EbGdvZmt0Rk1rcE1aWWRRTklIMVFScnVieVZHZW5W"
    "Qlg3ckM0CkVWTEgybGF1dHlyUjd2SjZBaXJlWS9VOUZZSzV1UDlVcWZpdkdqVGM4MUEKLS0tIHVvZUlkSkt6RnVvcDRN"
    "S3NvNWxkb0Z0VHpvRWJRcWE5UjhpNTNhcHBwQlEKbmTR6HWvnELGKMNk1Hc65jCdEQJXyPQfzZO32qNOJR/cvLCZBNOS"
    "NEQ="
)
OWN = X25519PrivateKey.from_private_bytes(bytes(range(32)))
LIGHT = Passphrase("quatre mots au hasard", work=4)
SIZES = (0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 2 * PIECE + 7)


def sealed(content: bytes, lock: Lock | None = None, pieces: Iterable[int] = ()) -> bytes:
    """The content closed, written in pieces of these sizes and then the rest."""
    below, rest = io.BytesIO(), content
    sealer = Sealer(below, lock or OWN.public_key())
    for size in pieces:
        assert sealer.write(rest[:size]) == len(rest[:size])
        rest = rest[size:]
    sealer.write(rest)
    sealer.close()
    return below.getvalue()


def opened(content: bytes, key: Key = OWN) -> bytes:
    """What is inside; the head is judged first."""
    below = io.BytesIO(content)
    return io.BufferedReader(Opener(below, read_head(below), key)).read()


def content_of(size: int) -> bytes:
    return bytes(at * 7 % 251 for at in range(size))


def test_what_the_tool_itself_wrote_is_read() -> None:
    assert opened(BY_AGE, secret_key(SECRET)) == "énergie\n".encode()


@pytest.mark.parametrize("size", SIZES)
def test_what_goes_in_comes_out(size: int) -> None:
    assert opened(sealed(content_of(size))) == content_of(size)
    assert opened(sealed(content_of(size), LIGHT), LIGHT) == content_of(size)


@given(st.lists(st.integers(0, 2 * PIECE), max_size=5))
def test_it_does_not_matter_how_it_is_written(pieces: list[int]) -> None:
    content = content_of(PIECE + 100)
    assert opened(sealed(content, pieces=pieces)) == content


def test_the_same_content_is_never_sealed_alike() -> None:
    assert sealed(b"x") != sealed(b"x")


@pytest.mark.parametrize(
    ("lock", "key"),
    [
        (OWN.public_key(), secret_key(SECRET)),
        (OWN.public_key(), LIGHT),
        (LIGHT, OWN),
        (LIGHT, Passphrase(LIGHT.words + ".", work=4)),
    ],
)
def test_another_key_opens_nothing(lock: Lock, key: Key) -> None:
    with pytest.raises(WrongKey):
        opened(sealed(b"content", lock), key)


ONCE = sealed(content_of(2 * PIECE + 7))


@given(st.integers(0, len(ONCE) * 8 - 1))
def test_a_flipped_bit_is_refused_wherever_it_is(bit: int) -> None:
    changed = bytearray(ONCE)
    changed[bit // 8] ^= 1 << bit % 8
    with pytest.raises((NotAge, WrongKey, Damaged)):
        opened(bytes(changed))


def test_a_flipped_bit_of_the_head_is_refused() -> None:
    for bit in range(ONCE.index(b"---") * 8 + 60 * 8):
        changed = bytearray(ONCE)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises((NotAge, WrongKey, Damaged)):
            opened(bytes(changed))


def boundaries(content: bytes) -> list[int]:
    """Where a line of the head, the nonce and each piece end; the end of it all is not among."""
    head = content.index(b"---")
    lines = [at + 1 for at, byte in enumerate(content[: head + 60]) if byte == ord("\n")]
    first = lines[-1] + 16
    return [0, *lines, *range(first, len(content), PIECE + 16)]


@pytest.mark.parametrize("size", SIZES)
def test_a_file_cut_short_is_refused(size: int) -> None:
    whole = sealed(content_of(size))
    cuts = {cut + by for cut in [*boundaries(whole), len(whole)] for by in (-1, 0, 1)}
    for cut in cuts:
        if 0 <= cut < len(whole):
            with pytest.raises((NotAge, Damaged)):
                opened(whole[:cut])


@pytest.mark.parametrize("more", [b"\0", b"x" * 16, b"x" * (PIECE + 16)])
@pytest.mark.parametrize("size", SIZES)
def test_a_file_that_goes_on_is_refused(size: int, more: bytes) -> None:
    with pytest.raises(Damaged):
        opened(sealed(content_of(size)) + more)


def test_pieces_that_changed_places_are_refused() -> None:
    whole = sealed(bytes(3 * PIECE))
    first = boundaries(whole)[-3]
    one, two = whole[first : first + PIECE + 16], whole[first + PIECE + 16 : first + 2 * PIECE + 32]
    assert len(two) == len(one)
    with pytest.raises(Damaged):
        opened(whole[:first] + two + one + whole[first + 2 * PIECE + 32 :])


def test_an_empty_last_piece_is_refused_after_others() -> None:
    """The format has one way to end a file."""
    below = io.BytesIO()
    sealer = Sealer(below, OWN.public_key())
    sealer._put(bytes(PIECE), last=False)
    sealer._put(b"", last=True)
    with pytest.raises(Damaged):
        opened(below.getvalue())


@pytest.mark.parametrize(
    "content",
    [b"", b"a text\n", b"age-encryption.org/v2\n", b"\x1f\x8b" + bytes(100), BY_AGE[1:]],
)
def test_what_is_no_such_file_is_told(content: bytes) -> None:
    with pytest.raises(NotAge):
        opened(content)


def test_base64_is_read_in_one_way_alone() -> None:
    """The last letter of 32 bytes has two bits to spare: with them set, nobody signed it."""
    head, _, rest = BY_AGE.partition(b"pppBQ\n")
    assert rest
    for letter in b"RST":
        with pytest.raises(Damaged):
            opened(head + b"pppB" + bytes([letter]) + b"\n" + rest, secret_key(SECRET))


@pytest.mark.parametrize(
    ("stanza", "error"),
    [
        (b"scrypt AAAAAAAAAAAAAAAAAAAAAA 21", Damaged),  # would take two gigabytes
        (b"scrypt AAAAAAAAAAAAAAAAAAAAAA many", Damaged),
        (b"scrypt AAAAAAAAAAAAAAAAAAAAAA", Damaged),
        (b"ssh-ed25519 AAAA BBBB", WrongKey),
    ],
)
def test_a_lock_that_asks_too_much_is_refused(stanza: bytes, error: type[Exception]) -> None:
    head = Head(tuple(stanza.split()), b"x" * 32, b"", b"")
    with pytest.raises(error):
        seal._unwrap(head, LIGHT)


def test_the_head_says_what_opens_it() -> None:
    assert read_head(io.BytesIO(sealed(b"", LIGHT))).wants_passphrase
    assert not read_head(io.BytesIO(BY_AGE)).wants_passphrase


def test_a_share_without_a_secret_is_refused() -> None:
    """Zero agrees on zero with every key: anybody could have made such a file."""
    changed = BY_AGE.replace(BY_AGE.split(b"\n")[1], b"-> X25519 " + b"A" * 43)
    with pytest.raises(Damaged):
        opened(changed, secret_key(SECRET))


def test_keys_are_written_as_the_tool_writes_them() -> None:
    key = secret_key(f"# created: 2026\n# public key: {PUBLIC}\r\n{SECRET}\r\n")
    assert write_public(key.public_key()) == PUBLIC
    assert write_secret(key) == SECRET
    assert write_public(public_key(PUBLIC)) == PUBLIC
    assert write_public(public_key(PUBLIC.upper())) == PUBLIC


@given(st.binary(min_size=32, max_size=32))
def test_every_key_comes_back(content: bytes) -> None:
    key = X25519PrivateKey.from_private_bytes(content)
    assert secret_key(write_secret(key)).private_bytes_raw() == content


@given(st.integers(4, len(PUBLIC) - 1), st.sampled_from("qpzry9x8gf2tvdw0s3jn54khce6mua7l"))
def test_a_mistyped_letter_is_found(at: int, letter: str) -> None:
    wrong = PUBLIC[:at] + letter + PUBLIC[at + 1 :]
    if wrong == PUBLIC:
        return
    with pytest.raises(ValueError):
        public_key(wrong)


@pytest.mark.parametrize("text", ["", "age1", "age1b", PUBLIC[:-1], SECRET, PUBLIC.title(), "é"])
def test_what_is_no_public_key_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        public_key(text)


@pytest.mark.parametrize("text", ["", PUBLIC, SECRET[:-1], f"{SECRET}\n{SECRET}", SECRET.lower()])
def test_what_is_no_one_secret_key_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        secret_key(text)
