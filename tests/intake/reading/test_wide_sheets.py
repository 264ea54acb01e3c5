"""A workbook of a kilobyte that asks for all the memory is refused, however it is written."""

import pytest

from energymed.base.errors import BadInput
from energymed.intake.reading import reader
from tests.intake.books import zip_bytes

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def relations(kind: str, target: str) -> bytes:
    """What one part of the workbook points at."""
    one = f'<Relationship Id="r1" Type="{_REL}/{kind}" Target="{target}"/>'
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{one}</Relationships>'.encode()


def book(cells: str) -> bytes:
    """The smallest xlsx workbook: one cell at A1, and `cells` as XML."""
    first = '<row r="1"><c r="A1"><v>1</v></c></row>'
    sheet = f'<worksheet xmlns="{_MAIN}"><sheetData>{first}{cells}</sheetData></worksheet>'
    types = (
        f'<Types xmlns="{_PACKAGE}/content-types">'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.worksheet+xml"/>'
        "</Types>"
    )
    workbook = (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_REL}"><sheets>'
        '<sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>'
    )
    return zip_bytes(
        {
            "[Content_Types].xml": types.encode(),
            "_rels/.rels": relations("officeDocument", "xl/workbook.xml"),
            "xl/workbook.xml": workbook.encode(),
            "xl/_rels/workbook.xml.rels": relations("worksheet", "worksheets/sheet1.xml"),
            "xl/worksheets/sheet1.xml": sheet.encode(),
        }
    )


@pytest.mark.parametrize(
    "cell",
    [
        '<c r="XFD1048576"><v>1</v></c>',
        '<c r = "XFD1048576"><v>1</v></c>',
        '<c r="xfd1048576"><v>1</v></c>',
        '<c s=">" r="XFD1048576"><v>1</v></c>',
        '<c\nr="XFD1048576"\n><v>1</v></c>',
    ],
)
def test_a_far_cell_is_refused_and_takes_nothing_down(cell: str) -> None:
    data = book(f'<row r="1048576">{cell}</row>')
    assert len(data) < 2_000
    with pytest.raises(BadInput, match=r"s'étend jusqu'à la ligne 1048576|est abîmé"):
        reader.read(data, "f.xlsx")


def test_a_sheet_of_ordinary_size_is_read() -> None:
    sheet = reader.read(book('<row r="2"><c r="B2"><v>7</v></c></row>'), "f.xlsx")
    assert [row.cells for row in sheet.rows] == [("", 7)]
