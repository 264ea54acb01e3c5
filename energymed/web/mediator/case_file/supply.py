"""The supply of a case: what is known and who said it, what is worth asking, and a form for it.

A piece of the desk and of the case page.
"""

from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from energymed.base.errors import BadInput, Conflict, DomainError
from energymed.base.i18n import N_
from energymed.cases.codes import SUPPLY_STATES, SupplyField, SupplyState
from energymed.cases.models import Case
from energymed.cases.queries import get_case
from energymed.cases.supply import (
    ANSWERS,
    DATES,
    NO,
    WITH_A_DAY,
    YES,
    SupplySaid,
    as_text,
    note_supply,
)
from energymed.casework.case_overview import CaseOverview, case_overview
from energymed.partners.codes import CampaignKind
from energymed.web.mediator.case_file.cautions import cautions
from energymed.web.mediator.case_file.pictures import supply_line
from energymed.web.shared.errors import sentence
from energymed.web.shared.filters import day
from energymed.web.shared.permissions import requires
from energymed.web.shared.use_case import reading, use_case

SHOWN = "shown-"  # with the name of a field: what the page showed in it
ANSWER_LABELS = {YES: N_("Oui"), NO: N_("Non")}


@requires("cases.work")
def say_supply(case_id: int) -> Response:
    """Keep what the person says of the supply; the piece of the page anew, or the whole page."""
    try:
        with use_case() as ctx:
            note_supply(ctx, case_id, _said())
    except (BadInput, Conflict) as error:
        return _refused(case_id, error)
    if "HX-Request" in request.headers:
        return make_response(_piece(case_id, saved=True))
    flash(_("C'est noté, avec votre nom et la date."), "success")
    return redirect(url_for("mediator.case", case_id=case_id), 303)


def supply_page(known: CaseOverview) -> dict[str, Any]:
    """What `_supply.html` is drawn from; `supply_typed` and `supply_wrong` of a refused form."""
    typed = {name: as_text(getattr(known.case, name)) for name in SupplyField}
    return {
        "has_supply": known.case.campaign_kind != CampaignKind.APPOINTMENT,
        "supply_facts": [
            {"label": _(name.label), "value": _shown(name, known.case)}
            for name in SupplyField
            if typed[name]
        ],
        "supply_said": _said_by(known),
        "supply_asks": known.procedure.asks,
        "supply_days": supply_line(known.procedure.days, known.today),
        "supply_fields": SupplyField.labels(),
        "supply_states": SUPPLY_STATES,
        "supply_answers": ANSWER_LABELS,
        "supply_with_a_day": " ".join(WITH_A_DAY),
        "supply_shown": typed,
        "supply_typed": typed,
        "supply_wrong": {},
        "supply_saved": False,
    }


def _said_by(known: CaseOverview) -> dict[tuple[str, str], list[str]]:
    """{(who noted it, on which day): labels of what the person said}; the rest is of files."""
    found: dict[tuple[str, str], list[str]] = {}
    for name, word in known.supply_words.items():
        who = word.user.name if word.user else ""
        found.setdefault((who, day(word.said_at)), []).append(_(name.label))
    return found


def _shown(name: SupplyField, case: Case) -> str:
    value = getattr(case, name)
    if name in DATES:
        return day(value)
    if name in ANSWERS:
        return _(ANSWER_LABELS[as_text(value)])
    return _(value.label) if isinstance(value, SupplyState) else str(value)


def _refused(case_id: int, error: DomainError) -> Response:
    """What was typed stays where it was, with what is wrong beside it."""
    if "HX-Request" not in request.headers:
        flash(sentence(error), "warning")
        return redirect(url_for("mediator.case", case_id=case_id), 303)
    wrong = {str(each.params.get("field", "all")): sentence(each) for each in (error, *error.more)}
    return make_response(_piece(case_id, typed=dict(_said().values), wrong=wrong))


def _piece(
    case_id: int,
    *,
    typed: dict[SupplyField, str] | None = None,
    wrong: dict[str, str] | None = None,
    saved: bool = False,
) -> str:
    ctx = reading()
    case = get_case(ctx, case_id)
    known = case_overview(ctx, case)
    page = supply_page(known)
    page |= {
        "supply_typed": page["supply_typed"] | (typed or {}),
        "supply_wrong": wrong or {},
        "supply_saved": saved,
    }
    return render_template(
        "mediator/case_file/_supply.html",
        case=case,
        on_desk="desk" in request.form,
        told_anew=cautions(known),
        **page,
    )


def _said() -> SupplySaid:
    form = request.form
    return SupplySaid(
        values={name: form[name] for name in SupplyField if name in form},
        shown={name: form[SHOWN + name] for name in SupplyField if SHOWN + name in form},
    )
