"""Files that a browser keeps: lists as spreadsheets, returns, rejected lines."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from unicodedata import normalize
from urllib.parse import quote

from flask import Response, request
from flask_babel import gettext as _

from energymed.base.spreadsheets import MEDIA_TYPES, WRITERS, Column, Row
from energymed.base.text.typed import typed
from energymed.web.shared import security_trail


def asked_format() -> str:
    """The file format that the address asks for: csv unless it says xlsx."""
    return "xlsx" if request.args.get("form") == "xlsx" else "csv"


def download_list(stem: str, columns: Sequence[Column], rows: Iterable[Row]) -> Response:
    """A list as `stem`.csv or .xlsx, as the address asks, its titles in the reader's language.

    The titles are as typed: a mail merge and a file read again find their columns by them. The
    trail is told; what has a record of its downloads (a return) calls `download`.
    """
    file_format = asked_format()
    titled = [replace(column, title=typed(_(column.title))) for column in columns]
    content = WRITERS[file_format](titled, rows)
    security_trail.downloaded(file_format)
    return download(content, f"{stem}.{file_format}", MEDIA_TYPES[file_format])


def download(content: bytes, name: str, media_type: str) -> Response:
    """The answer that a browser keeps as a file of this name."""
    answer = Response(content, mimetype=media_type)
    plain = normalize("NFKD", name).encode("ascii", "ignore").decode("ascii") or "fichier"
    names = {"filename": plain}
    if plain != name:  # other letters than ASCII as RFC 6266
        names["filename*"] = f"UTF-8''{quote(name, safe='')}"
    answer.headers.set("Content-Disposition", "attachment", **names)
    return answer
