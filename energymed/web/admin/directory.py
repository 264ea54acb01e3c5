"""The directory of funds and bodies: the list, and all of it as a file."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from flask import Response, render_template
from flask_babel import gettext as _

from energymed.base.clock import today
from energymed.base.spreadsheets import Column, Kind
from energymed.base.text.folding import collapse, storable
from energymed.casework.directory_cells import titles_of
from energymed.mediation.aids import DOCUMENTS
from energymed.mediation.codes import FUND_FILERS
from energymed.mediation.directory import SIDES, AnyRow, details_of, rows_of
from energymed.mediation.directory_list import (
    ENTRIES,
    NOWHERE,
    EntryFilter,
    EntryState,
    entries,
    kinds_of,
    known_departments,
    read_entries,
    state_of,
)
from energymed.partners.rulebook import load_directory_months
from energymed.web.admin.directory_forms import SIDE_LABELS
from energymed.web.shared.downloads import download_list
from energymed.web.shared.list_filters import LONGEST_SEARCH, ListFilters
from energymed.web.shared.paging import page_number, paginate
from energymed.web.shared.permissions import requires
from energymed.web.shared.use_case import reading

CENTS = ("ceiling_cents", "least_cents", "most_cents")
DAYS = ("valid_from", "valid_until", "checked_on")


@requires("rules.manage")
def directory() -> str:
    """Every fund and body, searched and filtered."""
    session = reading().session
    departments = known_departments(session)
    asked = _asked(load_directory_months(session, today()), departments)
    page = paginate(session, entries(asked), page_number())
    return render_template(
        "admin/directory.html",
        page=page,
        rows=read_entries(session, page.items),
        asked=asked,
        sides=SIDE_LABELS,
        kinds=kinds_of(asked.side),
        departments=departments,
        nowhere=NOWHERE,
        states=EntryState.labels(),
        state_of=lambda row: state_of(row, asked.day, asked.months),
        narrowed=asked.text or asked.side or asked.kind or asked.department or asked.state,
    )


def _asked(months: int, departments: Sequence[str]) -> EntryFilter:
    """What the address asks for."""
    given = ListFilters()
    side = given.one_of("side", SIDES)
    return EntryFilter(
        day=today(),
        months=months,
        text=collapse(storable(given.text("q")))[:LONGEST_SEARCH],
        side=side,
        kind=given.one_of("kind", kinds_of(side)),
        department=given.one_of("department", [NOWHERE, *departments]),
        state=given.one_of("state", EntryState.labels()),
        sort=given.sort(ENTRIES),
    )


@requires("rules.manage")
def as_file() -> Response:
    """All funds, or all bodies, as a file that may be changed and brought back."""
    side = ListFilters().one_of("side", SIDES, "fund")
    rows = reversed(rows_of(reading().session, side))
    return download_list(_stem(side), _columns(side), [list(_cells(side, row)) for row in rows])


def _stem(side: str) -> str:
    return _("annuaire-fonds") if side == "fund" else _("annuaire-organismes")


def _columns(side: str) -> list[Column]:
    def kind(name: str) -> Kind:
        if name in CENTS:
            return Kind.CENTS
        return Kind.DATE if name in DAYS else Kind.TEXT

    return [Column(titles[0], kind(name)) for name, titles in titles_of(side).items()]


def _cells(side: str, row: AnyRow) -> Iterator[Any]:
    """The cells of a row; codes by their French labels, as the file is read again."""
    said = details_of(row)
    for name in titles_of(side):
        value = getattr(said, name)
        if name == "kind":
            value = SIDES[side].kinds[value]
        elif name == "documents":
            value = ", ".join(DOCUMENTS[paper] for paper in value)
        elif name == "filed_by":
            value = FUND_FILERS[value] if value else ""
        elif name not in CENTS and not isinstance(value, date):
            value = "" if value is None else str(value)
        yield None if name in DAYS and not value else value
