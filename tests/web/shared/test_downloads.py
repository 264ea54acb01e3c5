"""Lists as files that a browser keeps, in the reader's language."""

import pytest
from flask import Flask
from flask_babel import force_locale

from energymed.base.i18n import N_
from energymed.base.spreadsheets import MEDIA_TYPES, Column
from energymed.web.shared.downloads import asked_format, download, download_list


@pytest.mark.parametrize(
    ("query", "name", "kind", "start"),
    [
        ("", "courriers.csv", "text/csv; charset=utf-8", b"\xef\xbb\xbf"),
        ("?form=xlsx", "courriers.xlsx", MEDIA_TYPES["xlsx"], b"PK"),
        ("?form=exe", "courriers.csv", "text/csv; charset=utf-8", b"\xef\xbb\xbf"),
    ],
)
def test_a_list_is_kept_as_a_file(
    app: Flask, query: str, name: str, kind: str, start: bytes
) -> None:
    with app.test_request_context(f"/{query}"):
        assert name.endswith(asked_format())
        answer = download_list("courriers", [Column("Nom")], [["Zoé"]])
    assert answer.get_data().startswith(start)
    assert answer.headers["Content-Type"] == kind
    assert answer.headers["Content-Disposition"] == f"attachment; filename={name}"


def test_the_titles_are_in_the_readers_language(app: Flask) -> None:
    with app.test_request_context("/"), force_locale("en"):
        answer = download_list("letters", [Column(N_("Référence"))], [["R1"]])
    assert answer.get_data().decode("utf-8-sig") == "Reference\r\nR1\r\n"


def test_a_name_with_other_letters_than_ascii(app: Flask) -> None:
    with app.test_request_context("/"):
        disposition = download(b"x", "été.csv", "text/csv").headers["Content-Disposition"]
    assert disposition == "attachment; filename=ete.csv; filename*=UTF-8''%C3%A9t%C3%A9.csv"
