"""Letters on paper: the address in the window, pages of one's own, their count."""

import io

import pikepdf
import pytest

from energymed.base.pdf import Letter, Paragraph, page_counts, picture, write_letters

MM = 72 / 25.4
WINDOW = (110, 50, 85, 35)  # mm from the left and top edges of the sheet: x, y, width, height


def letter(name: str, paragraphs: int = 2) -> Letter:
    return Letter(
        language="fr",
        title="Ce que nous avons convenu",
        sender=["PIMMS", "Valence", "04 65 71 00 00"],
        recipient=[
            name, "12 rue de la République", "Bâtiment B", "Les Granges", "26000 VALENCE",
        ],
        dated="Le 30 novembre 2026",
        footer="PIMMS",
        parts=[Paragraph("Nous avons parlé ensemble.\nC’est noté. " * 6)] * paragraphs,
    )  # fmt: skip


def positions(page: pikepdf.Page) -> list[tuple[float, float]]:
    """Where each piece of text begins, in mm from the left and top edges."""
    height, found = float(page.mediabox[3]), []
    stack, matrix = [], (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
    for operands, operator in pikepdf.parse_content_stream(page):
        name = str(operator)
        if name == "q":
            stack.append(matrix)
        elif name == "Q":
            matrix = stack.pop()
        elif name == "cm":
            matrix = _times(tuple(float(each) for each in operands), matrix)
        elif name == "Tm":
            found.append(_times(tuple(float(each) for each in operands), matrix)[4:])
    return [(x / MM, (height - y) / MM) for x, y in found]


def _times(one: tuple[float, ...], other: tuple[float, ...]) -> tuple[float, ...]:
    a, b, c, d, e, f = one
    g, h, i, j, k, m = other
    return (a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j,
            e * g + f * i + k, e * h + f * j + m)  # fmt: skip


@pytest.mark.parametrize(
    "name", ["Mme Camille Exemple", "M. Jean-Baptiste de La Rochefort-Exemple"]
)
def test_the_address_lies_in_the_window(name: str) -> None:
    with pikepdf.open(io.BytesIO(write_letters([letter(name)]))) as written:
        found = positions(written.pages[0])
    x, y, width, height = WINDOW
    right = [at for at in found if at[0] > 100 and at[1] < 95]
    assert len(right) >= 5  # the lines of the address
    for left, down in right:
        assert x <= left <= x + width
        assert y + 3 <= down <= y + height
    others = [at for at in found if at not in right]
    assert all(left < 100 for left, down in others if down < 95)  # nothing else shows in it
    assert all(down < y or down > y + height for _, down in others)


def test_each_letter_begins_a_page_and_is_counted() -> None:
    batch = [letter("Mme Une"), letter("M. Deux", paragraphs=40), letter("Mme Trois")]
    counts = page_counts(batch)
    assert counts[0] == counts[2] == 1
    assert counts[1] > 1
    with pikepdf.open(io.BytesIO(write_letters(batch))) as written:
        assert len(written.pages) == sum(counts)
    assert page_counts([]) == []


def test_a_preview_is_a_picture_of_each_page() -> None:
    assert [page[:4] for page in picture(letter("Mme Une"))] == [b"\x89PNG"]
