"""The file itself: read whole, or refused wherever a bit was changed or an end is missing."""

import io
from collections.abc import Iterator
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from energymed.base.age.seal import PIECE, Key
from energymed.base.errors import Refused
from energymed.operations.archive import DAMAGED, NO_BACKUP, WRONG_KEY, Reader, Writer
from energymed.operations.codes import Holds
from energymed.operations.snapshot import Shape
from tests.operations.conftest import HEAD, LIGHT, OWN, SECRETS


def read_all(content: bytes, key: Key = OWN) -> int:
    """Read a backup to its end; how many rows it has."""
    backup = Reader(io.BytesIO(content), key, "some.backup")
    backup.files()
    return sum(len(some) for _, rows in backup.tables() for some in rows)


@pytest.fixture(scope="module")
def whole() -> bytes:
    """A small backup of several pieces."""
    below = io.BytesIO()
    writer = Writer(below, OWN.public_key(), HEAD)
    writer.put_file("secrets.toml", SECRETS)
    shape = Shape("some", (("content", Holds.BYTES), ("id", Holds.NUMBER)))
    random = Random(7)  # noise, which gzip leaves as it is
    rows = [(random.randbytes(40), at) for at in range(3000)]
    writer.put_table(shape, rows)
    writer.put_table(Shape("none", (("id", Holds.NUMBER),)), [])
    writer.end({"some": 7})
    assert len(below.getvalue()) > PIECE
    return below.getvalue()


def test_it_is_read_whole(whole: bytes) -> None:
    assert read_all(whole) == 3000


@given(data=st.data())
def test_a_flipped_bit_is_always_refused(whole: bytes, data: st.DataObject) -> None:
    bit = data.draw(st.integers(0, len(whole) * 8 - 1))
    changed = bytearray(whole)
    changed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(Refused):
        read_all(bytes(changed))


def ends(whole: bytes) -> Iterator[int]:
    """Where a line of the head, the nonce and a piece end."""
    head = whole.index(b"---")
    after = whole.index(b"\n", head) + 1
    yield from (at + 1 for at in range(after) if whole[at] == ord("\n"))
    yield from range(after + 16, len(whole), PIECE + 16)


def test_a_backup_cut_short_is_refused_wherever_it_ends(whole: bytes) -> None:
    cuts = {end + by for end in [0, *ends(whole), len(whole)] for by in (-1, 0, 1)}
    for cut in sorted(cut for cut in cuts if 0 <= cut < len(whole)):
        with pytest.raises(Refused) as refusal:
            read_all(whole[:cut])
        assert refusal.value.message in (DAMAGED, NO_BACKUP)


def test_another_key_is_told(whole: bytes) -> None:
    with pytest.raises(Refused) as refusal:
        read_all(whole, LIGHT)
    assert refusal.value.message == WRONG_KEY
