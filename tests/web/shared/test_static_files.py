"""Files of the pages: kept for a year under their version, asked again without it."""

import gzip
import re
from pathlib import Path

import pytest
from flask import Flask, url_for
from flask.testing import FlaskClient

from energymed.web.shared.bundles import CORE
from energymed.web.shared.static_files import files, read
from tests.guards.source import templates

GZIP = {"Accept-Encoding": "gzip, deflate, br, zstd"}
NAMED = re.compile(r"url_for\('static', filename='([^']+)'\)")
TYPES = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
SHEET = "/static/css/page.css"


def versioned(name: str) -> str:
    return f"/static/v-{files().version}/{name}"


def test_an_address_with_the_version_is_kept_for_a_year(client: FlaskClient) -> None:
    answer = client.get(versioned("css/page.css"))
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.content_type == "text/css; charset=utf-8"


@pytest.mark.parametrize("address", [SHEET, "/static/v-000000000000/css/page.css"])
def test_any_other_address_is_asked_again(client: FlaskClient, address: str) -> None:
    """No version, or that of another node: what is here, and nobody keeps it under that name."""
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-cache"
    assert answer.data == files().by_name["css/page.css"].body


@pytest.mark.parametrize("headers", [GZIP, {}, {"Accept-Encoding": "gzip;q=0"}])
@pytest.mark.parametrize("name", ["css/page.css", "lib/icons.svg", "img/mark.svg"])
def test_what_is_known_is_not_sent_again(
    client: FlaskClient, headers: dict[str, str], name: str
) -> None:
    first = client.get(f"/static/{name}", headers=headers)
    again = client.get(
        f"/static/{name}", headers={**headers, "If-None-Match": first.headers["ETag"]}
    )
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert "Accept-Encoding" in again.headers["Vary"]


def test_compressed_and_plain_are_told_apart(client: FlaskClient) -> None:
    small, plain = client.get(SHEET, headers=GZIP), client.get(SHEET)
    assert small.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert gzip.decompress(small.data) == plain.data
    assert small.headers["ETag"] != plain.headers["ETag"]
    crossed = client.get(SHEET, headers={**GZIP, "If-None-Match": plain.headers["ETag"]})
    assert crossed.status_code == 200


def test_no_session_goes_with_a_file(client: FlaskClient) -> None:
    client.get("/login")
    for address in (SHEET, versioned("css/page.css")):
        answer = client.get(address)
        assert "Set-Cookie" not in answer.headers
        assert answer.headers["Vary"] == "Accept-Encoding"


@pytest.mark.parametrize(
    "name", ["css/nothing.css", "../pyproject.toml", "%2e%2e/pyproject.toml", "css", ""]
)
def test_what_is_no_file_is_not_found(client: FlaskClient, name: str) -> None:
    for address in (f"/static/{name}", versioned(name)):
        assert client.get(address).status_code == 404, address


def test_all_that_pages_name_is_there(app: Flask, client: FlaskClient) -> None:
    names = {name for page in templates() for name in NAMED.findall(page.read_text("utf-8"))}
    assert len(names) > 10
    for name in names:
        with app.test_request_context():
            address = url_for("static", filename=name)
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert "immutable" in answer.headers["Cache-Control"]
        assert answer.mimetype == TYPES[name.rsplit(".", 1)[1]]


def test_a_page_names_versioned_files_only(client: FlaskClient) -> None:
    page = client.get("/login", follow_redirects=True).text
    named = re.findall(r'(?:src|href)="(/[^"#]+\.(?:css|js|svg))', page)
    assert len(named) > 4
    assert {name for name in named if not name.startswith(versioned(""))} == set()


def test_a_change_changes_the_address(tmp_path: Path) -> None:
    sheet, core = tmp_path / "css" / "page.css", tmp_path / CORE
    for path in (sheet, core):
        path.parent.mkdir(parents=True)
        path.write_text("")
    before = read(tmp_path, {"lib/a.js": b"1"})
    assert read(tmp_path, {"lib/a.js": b"1"}) == before
    assert read(tmp_path, {"lib/a.js": b"2"}).version != before.version
    sheet.write_text("q {}")
    assert read(tmp_path, {"lib/a.js": b"1"}).version != before.version
