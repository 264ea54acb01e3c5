"""Workbooks written by hand, as programs that are not Excel write them."""

import io
from xml.sax.saxutils import escape

import xlwt

from tests.intake.books import zip_bytes

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT_MAIN = "http://purl.oclc.org/ooxml/spreadsheetml/main"
STRICT_LINKS = "http://purl.oclc.org/ooxml/officeDocument/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_ODF = "urn:oasis:names:tc:opendocument:xmlns"


def xlsx_xml(
    rows: list[str], *, shared: str = "", properties: str = "", strict: bool = False
) -> bytes:
    """An xlsx without styles: `rows` are the insides of <row>, `shared` of the shared strings."""
    main, links = (STRICT_MAIN, STRICT_LINKS) if strict else (MAIN, LINKS)
    data = "".join(f'<row r="{at}">{row}</row>' for at, row in enumerate(rows, 1))
    members = {
        "[Content_Types].xml": f'{_XML}<Types xmlns="{_PACKAGE}/content-types"><Default '
        'Extension="xml" ContentType="application/xml"/></Types>',
        "_rels/.rels": _links([("officeDocument", "xl/workbook.xml")], links),
        "xl/workbook.xml": f'{_XML}<workbook xmlns="{main}" xmlns:r="{links}">{properties}'
        '<sheets><sheet name="Feuil1" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": _links(
            [("worksheet", "worksheets/sheet1.xml"), ("sharedStrings", "sharedStrings.xml")], links
        ),
        "xl/worksheets/sheet1.xml": f'{_XML}<worksheet xmlns="{main}"><sheetData>{data}'
        "</sheetData></worksheet>",
    }
    if shared:
        members["xl/sharedStrings.xml"] = f'{_XML}<sst xmlns="{main}">{shared}</sst>'
    return zip_bytes({name: text.encode() for name, text in members.items()})


def _links(targets: list[tuple[str, str]], links: str) -> str:
    said = "".join(
        f'<Relationship Id="rId{at}" Type="{links}/{kind}" Target="{target}"/>'
        for at, (kind, target) in enumerate(targets, 1)
    )
    return f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">{said}</Relationships>'


def inline(*texts: str) -> str:
    """Cells of a row with their texts in them, without addresses, as exporters write them."""
    return "".join(f'<c t="inlineStr"><is><t>{escape(text)}</t></is></c>' for text in texts)


def ods_xml(*tables: str) -> bytes:
    """An OpenDocument workbook; each table is the inside of <table:table>."""
    spaces = " ".join(
        f'xmlns:{name}="{_ODF}:{name}:1.0"' for name in ("office", "table", "text", "style")
    )
    said = "".join(
        f'<table:table table:name="Feuille{at}">{table}</table:table>'
        for at, table in enumerate(tables, 1)
    )
    content = (
        f'{_XML}<office:document-content {spaces} xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0" '
        f'office:version="1.3"><office:body><office:spreadsheet>{said}</office:spreadsheet>'
        "</office:body></office:document-content>"
    )
    kind = b"application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        f'{_XML}<manifest:manifest xmlns:manifest="{_ODF}:manifest:1.0"><manifest:file-entry '
        f'manifest:full-path="/" manifest:media-type="{kind.decode()}"/></manifest:manifest>'
    )
    return zip_bytes(
        {
            "mimetype": kind,
            "content.xml": content.encode(),
            "META-INF/manifest.xml": manifest.encode(),
        }
    )


def ods_row(*cells: str, times: int = 1) -> str:
    """A row and the empty columns that LibreOffice writes after it."""
    rest = '<table:table-cell table:number-columns-repeated="16374"/>'
    return (
        f'<table:table-row table:number-rows-repeated="{times}">{"".join(cells)}{rest}'
        "</table:table-row>"
    )


def ods_texts(*texts: str) -> str:
    """Cells of text."""
    return "".join(ods_cell("string", text) for text in texts)


def ods_cell(kind: str, shown: str, **values: str) -> str:
    """One cell: its type, what LibreOffice shows, and its `office:` values."""
    told = "".join(f' office:{name.replace("_", "-")}="{value}"' for name, value in values.items())
    return (
        f'<table:table-cell office:value-type="{kind}"{told} calcext:value-type="{kind}">'
        f"<text:p>{shown}</text:p></table:table-cell>"
    )


def xls_bytes(book: xlwt.Workbook) -> bytes:
    """A workbook of Excel 97."""
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()
