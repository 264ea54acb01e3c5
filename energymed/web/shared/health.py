"""`/healthz`: says whether the process answers and its database too."""

from flask import Flask
from sqlalchemy import text

from energymed.base.db import db
from energymed.web.shared.permissions import public


def register(app: Flask) -> None:
    """Add the address."""
    app.add_url_rule("/healthz", "healthz", healthz)


@public
def healthz() -> tuple[dict[str, str], int]:
    """200 and {"status": "ok"} while the database answers; 503 comes from the error page."""
    db.session.execute(text("SELECT 1"))
    return {"status": "ok"}, 200
