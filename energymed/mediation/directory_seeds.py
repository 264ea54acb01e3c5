"""What a new installation's directory has: a row for each kind, and the national lines.

Nothing else is known of them (DOMAIN §5, §6, §16): what is not stays empty.
"""

from datetime import date
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from energymed.mediation.codes import Body, Fund
from energymed.mediation.directory_models import AidFund, SocialBody
from energymed.partners.codes import Certainty

SOURCE = "DOMAIN §5, §6"
# the day on which DOMAIN was last gone through
LINES_CHECKED_ON = date(2026, 11, 29)
LINES: dict[Body, dict[str, Any]] = {
    Body.MNE: {"phone": "0 800 112 212"},
    Body.ENERGY_CHEQUE: {"phone": "0 805 204 805"},
    Body.BANQUE_DE_FRANCE: {"phone": "34 14", "hours": "du lundi au vendredi, de 8 h à 18 h"},
}


def seed_directory(session: Session) -> None:
    """Write the rows of the kinds that have none for everybody. Safe to repeat."""
    _seed(session, AidFund, [fund_row(kind) for kind in Fund])
    _seed(session, SocialBody, [body_row(kind) for kind in Body])


def fund_row(kind: Fund) -> dict[str, Any]:
    """The fund of a kind, everywhere."""
    return {**_row(kind, kind.label), "certainty": Certainty.P, "source": SOURCE}


def body_row(kind: Body) -> dict[str, Any]:
    """The body of a kind, everywhere, with its national line."""
    line = LINES.get(kind)
    row = _row(kind, kind.label)
    known: dict[str, Any] = {"phone": None, "hours": None, "checked_on": None}
    if line is None:
        return {**row, **known, "certainty": Certainty.P, "source": SOURCE}
    known |= {**line, "checked_on": LINES_CHECKED_ON}
    return {**row, **known, "certainty": Certainty.B, "source": "DOMAIN §16"}


def _row(kind: Fund | Body, name: str) -> dict[str, Any]:
    return {"kind": kind, "name": name, "documents": [], "version": 1}


def _seed(session: Session, model: type[AidFund | SocialBody], rows: list[dict[str, Any]]) -> None:
    known = set(session.scalars(select(model.kind).where(model.department.is_(None))))
    missing = [row for row in rows if row["kind"] not in known]
    if missing:
        session.execute(insert(model), missing)
