"""Pages about figures that the lead's desk and the partner's share: cases behind, definitions."""

from dataclasses import dataclass

from flask import render_template
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from energymed.base.i18n import N_
from energymed.base.spreadsheets import Column, Kind, Row
from energymed.cases.codes import CaseState
from energymed.cases.models import Case
from energymed.partners.codes import CampaignKind, Closure
from energymed.partners.disclosure import SOCIAL_SUPPORT, SOCIAL_SUPPORT_LABEL
from energymed.reporting.behind import BEHIND, Behind, behind, load_cases
from energymed.reporting.definitions import INDICATORS, SHARES
from energymed.reporting.explained import EXPLAINED
from energymed.reporting.scope import Scope
from energymed.reporting.told import Teller
from energymed.web.shared.downloads import download_list
from energymed.web.shared.filters import money, number
from energymed.web.shared.list_filters import ListFilters
from energymed.web.shared.paging import page_number, page_of
from energymed.web.shared.period_choice import period_name
from energymed.web.shared.use_case import reading

_CLOSURES = {**Closure.labels(), SOCIAL_SUPPORT: SOCIAL_SUPPORT_LABEL}


@dataclass(frozen=True, slots=True)
class FigureAsked:
    """A figure whose cases are asked for.

    `told` is what the reader may know of a case; `named`: also whom it is about. `back` leads to
    the page of figures, `export` to the same list as a file.
    """

    code: str
    scope: Scope
    told: Teller
    named: bool

    def found(self) -> Behind:
        """Its cases in the order of the address."""
        ctx = reading()
        return behind(ctx.session, ctx.actor, self.code, self.scope, ListFilters().sort(BEHIND))


def behind_page(asked: FigureAsked, *, back: str, export: str) -> str:
    """The cases that make a figure, a page of them, with what each weighs."""
    found = asked.found()
    page = page_of(list(found.weights), page_number())
    as_written = money if found.indicator.unit == Kind.CENTS else number
    return render_template(
        "figures/behind.html",
        page=page,
        cases=load_cases(reading().session, page.items),
        found=found,
        share=SHARES.get(asked.code),
        asked=asked,
        as_written=as_written,
        back=back,
        export=export,
        sort=ListFilters().sort(BEHIND),
        period_name=period_name(asked.scope.period),
        state_of=lambda case: _state(case, asked.told),
        kinds=CampaignKind.labels(),
    )


def behind_file(asked: FigureAsked) -> Response:
    """The same list whole, as a file."""
    found = asked.found()
    columns = [Column(N_("Référence"))]
    if asked.named:
        columns += [Column(N_("Client"), width=30), Column(N_("Partenaire"))]
    columns += [
        Column(N_("Mission")),
        Column(N_("État")),
        Column(N_("Dette à l'ouverture"), Kind.CENTS),
        Column(N_("Reste dû"), Kind.CENTS),
        Column(found.indicator.label, found.indicator.unit, width=24),
    ]
    cases = load_cases(reading().session, list(found.weights))
    rows = (_row(case, asked, found.weights[case.id]) for case in cases)
    return download_list(f"{asked.code}-{asked.scope.period.code}", columns, rows)


def _row(case: Case, asked: FigureAsked, weight: int) -> Row:
    names = (case.person.full_name, case.partner.name) if asked.named else ()
    state = _state(case, asked.told)
    kind = _(case.campaign_kind.label)
    return (case.reference, *names, kind, state, case.opening_debt_cents, case.debt_cents, weight)


def _state(case: Case, told: Teller) -> str:
    """How the case stands, or how it ended, in the words that the reader may read."""
    closure = told.closure(case.closure)
    return _(_CLOSURES[closure] if closure else CaseState.labels()[case.state])


def definitions_page(*, back: str) -> str:
    """What each figure counts, with an example."""
    labels = {code: each.label for code, each in INDICATORS.items()}
    labels |= {code: each.label for code, each in SHARES.items()}
    told = [  # put into the reader's language here: a page would take "5 %" for a place to fill
        (code, _(labels[code]), _(explained.counted), _(explained.example))
        for code, explained in EXPLAINED.items()
    ]
    return render_template("figures/definitions.html", told=told, back=back)
