"""Texts made to take long: each byte is read once, whatever the bytes are."""

import csv
import time
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from energymed.base.errors import BadInput, DomainError, TryLater
from energymed.base.text.folding import visible
from energymed.intake.reading import child_process, csv_text
from energymed.intake.reading.reader import read
from energymed.intake.reading.text_process import MAX_LINE, MOST_LINES, careful, one_record
from tests.exploring import examples

TITLES = "Référence;Nom;Montant\n"
PIECES = ('"', '""', ";", ",", "\n", "\r\n", "a", "é", 'x";"a\n', "\u200b", "\xa0", "Total ", "1 ")


class Counted:
    """Lines that know how often each was taken."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.letters = 0
        plain = csv.reader

        def counting(lines, **options):  # type: ignore[no-untyped-def]
            def told():  # type: ignore[no-untyped-def]
                for line in lines:
                    self.letters += len(line)
                    yield line

            return plain(told(), **options)

        monkeypatch.setattr("energymed.intake.reading.text_process.csv.reader", counting)


@pytest.mark.parametrize(
    "line", ['x";"a\n', '"a""\n', '"a\n', 'A;"b\n', '"""\n', ';";"\n', 'a;"b";"c\n', "a\n"]
)
@pytest.mark.parametrize("lines", [100, 2_000])
def test_no_letter_is_looked_at_more_than_four_times(
    line: str, lines: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once from outside a quote, once from inside, once (or twice) to be cut."""
    counted = Counted(monkeypatch)
    records = list(careful(iter([line] * lines), ";"))
    assert counted.letters <= 4 * lines * (len(line) + 1)
    assert sum(1 for _ in records) <= lines


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=examples(60))
@given(st.lists(st.lists(st.sampled_from(['"', '""', ";", "a", "b "]), max_size=6), max_size=14))
def test_a_quote_reaches_as_far_as_the_rules_of_csv_say(parts: list[list[str]]) -> None:
    """The same records as by trying each line with all that follow it, which takes its square."""
    lines = ["".join(part) + "\n" for part in parts]
    assert list(careful(iter(lines), ";")) == list(_by_trying(lines))


def _by_trying(lines: list[str]):  # type: ignore[no-untyped-def]
    at = 0
    while at < len(lines):
        reader = csv.reader(iter(lines[at : at + MOST_LINES]), delimiter=";", strict=True)
        try:
            cells, size = next(reader), reader.line_num
        except csv.Error:
            cells, size = one_record(lines[at], ";"), 1
        yield at + 1, cells
        at += size


@pytest.mark.slow
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=examples(25))
@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=6).map("".join))
def test_four_times_the_bytes_take_four_times_the_work(unit: str) -> None:
    """Of the processor, with room for a busy machine; a square would take sixteen times."""
    small, large = (_spent(unit, size) for size in (20_000, 80_000))
    assert large <= max(10 * small, 1.0)


def _spent(unit: str, size: int) -> float:
    data = (TITLES + unit * (size // len(unit.encode()))).encode()
    start = time.process_time()
    with suppress(DomainError):
        read(data, "f.csv")
    return time.process_time() - start


@settings(deadline=None, max_examples=examples(60))
@given(st.binary(max_size=2_000))
def test_any_bytes_are_a_table_or_a_sentence(data: bytes) -> None:
    with suppress(BadInput):
        sheet = read(b"R\xe9f\xe9rence;Nom;Montant\n" + data, "f.csv")
        assert all(len(row.cells) == len(sheet.headers) for row in sheet.rows)


@pytest.mark.parametrize("filler", ["a", '"', 'x";"a', "é"])
def test_a_line_without_end_is_refused(filler: str) -> None:
    data = TITLES + filler * (MAX_LINE // len(filler.encode()) + 1)
    with pytest.raises(BadInput, match="est trop longue"):
        read(data.encode(), "f.csv")


def test_more_lines_than_any_sheet_and_more_columns_are_refused() -> None:
    with pytest.raises(BadInput, match="plus de 1048576 lignes"):
        read(TITLES.encode() + b"\n" * 1_100_000, "f.csv")
    titles = ";".join(["Référence", "Nom", "Montant", *map(str, range(600))])
    with pytest.raises(BadInput, match="plus de 500 colonnes"):
        read(f"{titles}\n1;2;3\n".encode(), "f.csv")


def test_a_total_of_digits_without_end_is_read_at_once() -> None:
    """Such a cell took a time that doubled with each digit."""
    sheet = read((TITLES + "Total;" + "1" * 400 + "x;\nA1;B;2\n").encode(), "f.csv")
    assert len(sheet.rows) == 2


def test_a_long_text_is_cut_beside_and_reads_the_same() -> None:
    lines = "".join(f'A{at};"X\nY";{at}\n' for at in range(9_000))
    for stray in ("", 'A0;"LE GRAND;1\n'):
        long = read((TITLES + stray + lines).encode(), "f.csv")
        assert long.size_bytes > csv_text.SHORT
        assert [row.cells for row in long.rows][-1] == ("A8999", "X\nY", "8999")
        assert len(long.rows) == 9_000 + bool(stray)
        assert long.rows[1 + bool(stray)].number == 4 + bool(stray)


def test_a_text_that_asks_for_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_text, "_CHILD_MEMORY", 1024**2)
    with pytest.raises(BadInput, match="trop de temps ou de mémoire"):
        read((TITLES + "A;B;1\n" * 20_000).encode(), "f.csv")


def test_nobody_waits_for_ever_behind_other_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child_process, "_PATIENCE_S", 0)
    places = [child_process._places.acquire() for _ in range(child_process.AT_ONCE)]
    try:
        with pytest.raises(TryLater, match="en cours de lecture"):
            read((TITLES + "A;B;1\n" * 20_000).encode(), "f.csv")
    finally:
        for _ in places:
            child_process._places.release()


# -- characters without a shape


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize(
    "sign", ["\u200b", "\xad", "\ufeff", "\u200e", "\u202a", "\u2060", "\ufe0f", "\x00", "\u061c"]
)
def test_what_cannot_be_seen_is_gone_before_anything_is_read(sign: str, codec: str) -> None:
    titles = f"Référ{sign}ence;{sign}Nom;Montant{sign}\n"
    data = titles + f'{sign}"A1"{sign};DU{sign}RAND;12{sign}0,50\n'
    sheet = read(data.encode(codec), "f.csv")
    assert sheet.headers == ["Référence", "Nom", "Montant"]
    assert [row.cells for row in sheet.rows] == [("A1", "DURAND", "120,50")]


@settings(deadline=None, max_examples=examples(60))
@given(st.text(alphabet=st.characters(blacklist_categories=["Cs"]), max_size=30))
def test_every_cell_of_a_file_can_be_seen(text: str) -> None:
    kept = text.replace("\x1a", "").replace('"', "").replace("\r", "").replace("\n", "")
    rest = "A2;y;2\n" * 600  # more than a hundred letters for each control: else it is no text
    sheet = read(f'{TITLES}A1;"x{kept}";1\n{rest}'.encode(), "f.csv")
    assert all(cell == visible(str(cell)) for row in sheet.rows for cell in row.cells)
