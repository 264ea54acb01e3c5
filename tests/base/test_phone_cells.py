"""The phones of a cell, and what is said beside them."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from energymed.base.phone_remarks import MOST, RemarkCode, clean_remark, meanings
from energymed.base.phones import FICTION, phones_in, to_e164

A, B, C = "+33639981122", "+33199001122", "+33639981133"


@pytest.mark.parametrize(
    ("cell", "numbers", "unread"),
    [
        ("06 39 98 00 01 / 04 65 71 00 02", ("+33639980001", "+33465710002"), False),
        ("06 39 98 00 01 (fils) 04 65 71 00 02", ("+33639980001", "+33465710002"), False),
        ("0639980001 ou 0465710002", ("+33639980001", "+33465710002"), False),
        ("06 39 98 00 01 - 04 65 71 00 02", ("+33639980001", "+33465710002"), False),
        ("06399800010465710002", ("+33639980001", "+33465710002"), False),
        ("Tél : 06 39 98 00 01 Mme", ("+33639980001",), False),
        ("0639980001 / 0639980001", ("+33639980001",), False),
        ("0639980001 / 06 12", ("+33639980001",), True),
        ("06/39/98/00/01", ("+33639980001",), False),
        (639980001.0, ("+33639980001",), False),
        ("inconnu", (), False),
        ("-", (), False),
        ("06 12", (), True),
        (None, (), True),
        (12.5, (), True),
    ],
)
def test_finds_every_number_of_a_cell(cell: object, numbers: tuple[str, ...], unread: bool) -> None:
    found = phones_in(cell)
    assert (found.numbers, bool(found.unread)) == (numbers, unread)


@pytest.mark.parametrize(
    "cell",
    [
        "06 39 98 11 22 après 18h", "06 39 98 11 22 poste 12", "06 39 98 11 22 bât 2",
        "06 39 98 11 22 vérifié le 12/11/2026", "06 39 98 11 22 (le soir)", "tél:06 39 98 11 22",
        "06.39.98.11.22(fille)", "0639981122 HS", "+33 (0)6 39 98 11 22 le soir",
        "0033639981122 fils", "639981122 (fille)", "33639981122 fils", "O6 39 98 11 22",
        "18h 06 39 98 11 22", "8h06 06 39 98 11 22", "de 9 à 12h 06 39 98 11 22",
        "06 39 98 11 22 9h-12h", "06 39 98 11 22 18:30", "12/11/2026 06 39 98 11 22",
        "le 06/11/26 06 39 98 11 22", "06 39 98 11 22 06/11/26", "06 39 98 11 22 (2026-11-12)",
        "bât 12 06 39 98 11 22", "poste 4 06 39 98 11 22", "06 39 98 11 22 code 1234",
        "06 39 98 11 22 2 fois", "06 39 98 11 22 26110 Nyons", "06 39\u200b 98\u00a011 22",
        "06:39:98:11:22", "06,39,98,11,22", "063 998 1122 fille", "06_39_98_11_22",
        "06 39 98 11 22 le 12/11", "n° 06 39 98 11 22 *", "06 39 98 11 22.",
    ],
)  # fmt: skip
def test_words_hours_and_days_do_not_lose_a_number(cell: str) -> None:
    found = phones_in(cell)
    assert (found.numbers, found.unread) == ((A,), ())


@pytest.mark.parametrize(
    ("cell", "numbers"),
    [
        ("06-39-98-11-22 ou 01 99 00 11 22", (A, B)), ("06 39 98 11 22\n01 99 00 11 22", (A, B)),
        ("06 39 98 11 22, 01 99 00 11 22 et 06 39 98 11 33", (A, B, C)),
        ("dom 01 99 00 11 22 mob 06 39 98 11 22", (B, A)),
        ("06 39 98 11 22 Mme 06 39 98 11 33 M.", (A, C)),
        ("06399811220199001122", (A, B)), ("063998112201990011220639981133", (A, B, C)),
        ("06 39 98 11 2206 39 98 11 33", (A, C)), ("06 39 98 11 22 06 39 98 11 33", (A, C)),
        ("+33639981122+33199001122", (A, B)), ("+33 6 39 98 11 22 / 01 99 00 11 22", (A, B)),
        ("33639981122 33199001122", (A, B)), ("639981122 199001122", (A, B)),
        ("06 39 98 11 22 (1) 01 99 00 11 22 (2)", (A, B)),
        ("06.39.98.11.22;01.99.00.11.22", (A, B)),
        ("06 39 98 11 22 | 01 99 00 11 22", (A, B)), ("06 39 98 11 22 - 01 99 00 11 22", (A, B)),
        ("+32 475 12 34 56 06 39 98 11 22", ("+32475123456", A)),
    ],
)  # fmt: skip
def test_numbers_with_anything_between_are_each_read(cell: str, numbers: tuple[str, ...]) -> None:
    found = phones_in(cell)
    assert (found.numbers, found.unread) == (numbers, ())


@pytest.mark.parametrize(
    ("cell", "numbers"),
    [
        ("06 39 98 11 222", ()), ("06 39 98 11 22/33", (A,)), ("06 39 98 11 22 2", (A,)),
        ("06 39 98 11 22 Mme 06 12", (A,)), ("06 00 00 00 00 / 06 39 98 11 22", (A,)),
        ("0600000000 HS", ()), ("52385003284764", ()), ("52 38 50 03 28 47 64", ()),
        ("10 01 99 00 11 22 02", ()), ("le soir", ()), ("26110 0639981122", (A,)),
        ("06 39 98 11 22 2 01 99 00 11 22", (A, B)), ("0639981122" * 200, ()),
    ],
)  # fmt: skip
def test_digits_that_are_no_number_are_told(cell: str, numbers: tuple[str, ...]) -> None:
    found = phones_in(cell)
    assert (found.numbers, bool(found.unread)) == (numbers, True)


@pytest.mark.parametrize(
    ("cell", "unread"),
    [
        ("06 39 98 11 22 / 06 12", ("06 12",)), ("06 12 / 06 39 98 11 22", ("06 12",)),
        ("06 39 98 11 22 - 06 00 00 00 00", ("06 00 00 00 00",)),
        ("01 62 33 44 55 (pub) ou 06 39 98 11 22", ("01 62 33 44 55",)),
        ("06 39 98 11 22 fille 123456 ou 07 12", ("123456", "07 12")),
        ("06 12, 06 39 98 11 22 bât 2, 06 00 00 00 00", ("06 12", "06 00 00 00 00")),
        ("06 39 98 11 22/33", ("33",)), ("06 12 / 06 00 00 00 00", ("06 12 / 06 00 00 00 00",)),
        ("le soir", ("le soir",)), (12.5, ("12.5",)), (True, ("True",)), ("NC", ()),
    ],
)  # fmt: skip
def test_only_the_part_that_is_no_number_is_unread(cell: object, unread: tuple[str, ...]) -> None:
    assert phones_in(cell).unread == unread


@pytest.mark.parametrize(
    "cell", ["NC", "inconnu", "liste rouge", "pas de téléphone", "0", "-", "néant"]
)
def test_a_word_for_none_is_an_empty_cell(cell: str) -> None:
    assert phones_in(cell) == ((), (), ())


@pytest.mark.parametrize(
    ("cell", "remarks"),
    [
        ("06 39 98 11 22 après 18h", {A: "après 18h"}), ("06.39.98.11.22(fille)", {A: "fille"}),
        ("tél:06 39 98 11 22", {}), ("N° 06 39 98 11 22 :", {}), ("06 39 98 11 22", {}),
        ("Tel 1: 06 39 98 11 22 Tel 2: 01 99 00 11 22", {}),
        ("06 39 98 11 22 vérifié le 12/11/2026", {A: "vérifié le 12/11/2026"}),
        ("dom 01 99 00 11 22 mob 06 39 98 11 22", {B: "dom", A: "mob"}),
        ("dom 01 99 00 11 22 HS mob 06 39 98 11 22", {B: "dom HS", A: "mob"}),
        ("06 39 98 11 22 Mme 06 39 98 11 33 M.", {A: "Mme", C: "M"}),
        ("M. 06 39 98 11 22 Mme 06 39 98 11 33", {A: "M", C: "Mme"}),
        ("fille : 06 39 98 11 22 fils : 06 39 98 11 33", {A: "fille", C: "fils"}),
        ("06 39 98 11 22 fille : 06 39 98 11 33", {C: "fille"}),
        ("06 39 98 11 22 (bureau) / 06 39 98 11 33 (soir)", {A: "bureau", C: "soir"}),
        ("06 39 98 11 22 - fille - 06 39 98 11 33 - fils", {A: "fille", C: "fils"}),
        ("0600000000 HS / 0639981122", {}), ("0639981122 / 0639981122 (fille)", {A: "fille"}),
    ],
)  # fmt: skip
def test_what_is_said_beside_a_number_is_its_remark(cell: str, remarks: dict[str, str]) -> None:
    assert {remark.e164: remark.text for remark in phones_in(cell).remarks} == remarks


@pytest.mark.parametrize(
    ("words", "code"),
    [
        *((words, RemarkCode.OUT_OF_SERVICE) for words in (
            "HS", "H.S.", "hors service", "n'est plus attribué", "non attribué", "invalide",
            "numéro résilié", "ancien numéro", "ne fonctionne plus", "n'existe plus")),
        *((words, RemarkCode.WRONG) for words in (
            "faux", "faux numéro", "FAUX N°", "erroné", "pas le bon", "mauvais numéro",
            "ne correspond pas", "incorrect")),
        *((words, RemarkCode.DO_NOT_CALL) for words in (
            "ne pas appeler", "NE PLUS APPELER", "ne pas rappeler", "ne plus contacter", "stop",
            "ne souhaite pas être appelé", "n'appelez plus", "pas d'appel", "ne pas apeller",
            "à ne pas utiliser", "ne pas l'appeler", "ne plus appeler, voir sa fille")),
        *((words, RemarkCode.OTHER_PERSON) for words in (
            "fille", "son fils", "mère", "père", "voisine", "conjoint", "ami", "belle-sœur",
            "épouse", "ex-mari", "chez sa tante", "grand-mère")),
        *((words, RemarkCode.GUARDIAN) for words in (
            "tuteur", "tutrice", "sous tutelle", "curateur", "curatelle", "UDAF 26",
            "mandataire judiciaire", "MJPM")),
        *((words, RemarkCode.PROFESSIONAL) for words in (
            "assistante sociale", "AS", "A.S. Mme Roux", "notaire", "gardien", "employeur",
            "travail", "bureau", "CCAS", "aide à domicile")),
        *((words, RemarkCode.HOURS) for words in (
            "après 18h", "avant 9 h", "le soir", "matin", "9h-12h", "18:30", "le lundi",
            "ne pas appeler avant 10h", "ne pas appeler le matin", "week-end")),
        *((words, RemarkCode.EXTENSION) for words in ("poste 12", "ext. 4", "interne 230")),
    ],
)  # fmt: skip
def test_what_a_remark_means(words: str, code: RemarkCode) -> None:
    assert meanings(words)[0] is code
    remark = phones_in(f"06 39 98 11 22 {words}").remarks[0]
    assert remark.e164 == A
    assert code in remark.codes


@pytest.mark.parametrize("words", ["Mme", "mob", "vérifié le 12/11/2026", "bât 2", "comme convenu",
                                   "perso", "ne répond pas", "rés. les Pins"])  # fmt: skip
def test_most_remarks_mean_nothing_for_a_call(words: str) -> None:
    assert meanings(words) == ()


@pytest.mark.parametrize("words", ["ne pas appeler avant 10h", "ne pas appeler le soir"])
def test_hours_are_no_refusal(words: str) -> None:
    assert meanings(words) == (RemarkCode.HOURS,)


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        ("né le 12/03/1980", "né le […]"), ("hospitalisé, voir fille", "[…], voir fille"),
        ("FR7630006000011234567890189", ""), ("numéro invalide", "numéro invalide"),
        ("(le soir)", "le soir"), ("fille (Anne)", "fille (Anne)"),
        (" : tél ", ""), ("x" * 80, "x" * 59 + "…"),
    ],
)  # fmt: skip
def test_a_remark_is_short_and_fit_to_keep(words: str, kept: str) -> None:
    assert clean_remark(words) == kept


NUMBERS = st.builds(
    lambda prefix, tail: f"0{prefix}{tail:04d}", st.sampled_from(FICTION), st.integers(0, 9999)
)
GAPS = st.sampled_from(["", " ", ".", "-", "/", "\u00a0"])
WORDS = st.sampled_from(
    [
        "",
        "HS",
        "fille",
        "après 18h",
        "(le soir)",
        "poste 12",
        "vérifié le 12/11/2026",
        "Mme",
        "bât B",
    ]
)
BETWEEN = st.sampled_from([" / ", " ou ", "\n", "; ", ", ", " - ", " et ", " "])


@given(st.lists(st.tuples(NUMBERS, GAPS, WORDS, BETWEEN), min_size=1, max_size=3))
def test_every_number_among_words_is_found(parts: list[tuple[str, str, str, str]]) -> None:
    cell = "".join(
        gap.join(number[at : at + 2] for at in range(0, 10, 2)) + f" {words}{between}"
        for number, gap, words, between in parts
    )
    found = phones_in(cell)
    assert found.numbers == tuple(dict.fromkeys(f"+33{number[1:]}" for number, *_ in parts))
    assert not found.unread


@pytest.mark.slow
@given(st.text(max_size=80) | st.text(alphabet="0123456789 +()/.-h:\n", max_size=60))
def test_any_text_gives_good_numbers_and_short_remarks(text: str) -> None:
    found = phones_in(text)
    assert all(to_e164(number) == number for number in found.numbers)
    assert len(set(found.numbers)) == len(found.numbers)
    assert {remark.e164 for remark in found.remarks} <= set(found.numbers)
    assert all(0 < len(remark.text) <= MOST for remark in found.remarks)
    assert found.numbers or found.unread or not any(sign in text for sign in "123456789")


@pytest.mark.parametrize(
    "piece", ["06 39 98 11 22 ", "(06", "+33 ", "12/11/2026 ", "pas ", "0", "1 h"]
)
def test_a_hostile_cell_takes_no_time(piece: str) -> None:
    start = time.process_time()
    phones_in((piece * 1_000)[:1_000])
    phones_in(piece * 1_000_000)
    assert time.process_time() - start < 0.5
