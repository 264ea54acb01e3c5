"""The files that pages load: an address with the version in it, kept by browsers for a year.

The version is that of the whole set, so relative imports stay within it and two processes with the
same files give the same addresses. Whatever else is asked for (no version, or the one of another
node while an upgrade goes through) is answered with what is here, and asked again each time.
Read, joined and compressed once in a process; see docs/adr/0012-static-files.md.
"""

import gzip
import hashlib
import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from flask import Flask, Response, abort, g, request, url_for

from energymed.config import ROOT
from energymed.web.shared import bundles
from energymed.web.shared.assets import packaged

TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
JOINED = {".css": bundles.style_sheet, ".js": bundles.script}
FOR_GOOD = "public, max-age=31536000, immutable"
ASK_AGAIN = "no-cache"
LITTLE = 500  # bytes: below it, nothing is gained by compressing
LENGTH = 12


@dataclass(frozen=True, slots=True)
class StaticFile:
    """A file as it is sent."""

    mimetype: str
    body: bytes
    compressed: bytes | None
    etag: str


@dataclass(frozen=True, slots=True)
class StaticFiles:
    """All of them, by name, and the version that they have together."""

    version: str
    by_name: Mapping[str, StaticFile]


def register(app: Flask) -> None:
    """Serve the files in place of Flask's own view: templates name them by `url_for("static")`."""
    app.add_url_rule("/static/v-<version>/<path:filename>", endpoint="static")
    app.view_functions["static"] = serve
    app.url_defaults(_add_version)
    app.add_template_global(icons_address)


def serve(filename: str, version: str = "") -> Response:
    """One file."""
    found = files()
    if (file := found.by_name.get(filename)) is None:
        abort(404)
    response = Response(file.body, mimetype=file.mimetype)
    response.set_etag(file.etag)
    response.vary.add("Accept-Encoding")
    if file.compressed and request.accept_encodings["gzip"] > 0:
        response.set_data(file.compressed)
        response.headers["Content-Encoding"] = "gzip"
        response.set_etag(f"{file.etag}-gzip")
    response.headers["Cache-Control"] = FOR_GOOD if version == found.version else ASK_AGAIN
    response.make_conditional(request)
    return response


def icons_address() -> str:
    """Where the small sprite is, worked out once a request: every line of a page asks."""
    if "icons_address" not in g:
        g.icons_address = url_for("static", filename="lib/icons.svg")
    address: str = g.icons_address
    return address


@cache
def files() -> StaticFiles:
    """The files of this process; a change of one is seen after a restart."""
    return read(ROOT / "static", packaged())


def read(folder: Path, from_packages: Mapping[str, bytes]) -> StaticFiles:
    """Read, join and compress."""
    bodies = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    } | dict(from_packages)
    texts = {
        name: body.decode("utf-8") for name, body in bodies.items() if Path(name).suffix in JOINED
    }
    for name in texts:
        bodies[name] = JOINED[Path(name).suffix](name, texts).encode()
    by_name = {name: _prepared(name, body) for name, body in bodies.items()}
    told = "".join(f"{name} {by_name[name].etag}\n" for name in sorted(by_name))
    return StaticFiles(_hash(told.encode()), by_name)


def _prepared(name: str, body: bytes) -> StaticFile:
    mimetype = TYPES.get(Path(name).suffix) or mimetypes.guess_type(name)[0]
    small = gzip.compress(body, 9, mtime=0) if len(body) >= LITTLE else body
    compressed = small if len(small) < len(body) else None
    return StaticFile(mimetype or "application/octet-stream", body, compressed, _hash(body))


def _hash(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()[:LENGTH]


def _add_version(endpoint: str, values: dict[str, object]) -> None:
    if endpoint == "static":
        values.setdefault("version", files().version)
