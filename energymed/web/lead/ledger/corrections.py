"""An entry of a ledger taken back, a correction, a write-off: asked for, then booked."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from energymed.base.clock import today
from energymed.base.codes import as_code
from energymed.base.errors import BadInput, Conflict, Refused
from energymed.cases.codes import LedgerKind
from energymed.cases.queries import get_case
from energymed.casework.ledger_corrections import (
    Adjustment,
    adjust_debt,
    entry_to_reverse,
    reverse_entry,
)
from energymed.web.lead.ledger.forms import (
    LESS,
    MISTAKE,
    RETURNED,
    CorrectionForm,
    PaymentReversalForm,
    ReasonForm,
    WriteOffForm,
)
from energymed.web.shared.errors import explain, sentence
from energymed.web.shared.permissions import requires
from energymed.web.shared.use_case import reading, use_case

Page = str | Response | tuple[str, int]


@requires("ledger.correct")
def reverse(entry_id: int) -> Page:
    """Ask why, then take the entry back."""
    ctx = reading()
    try:
        entry, case = entry_to_reverse(ctx, entry_id)
    except Refused as error:
        return _to_ledger(request.args.get("case", 0, type=int), sentence(error), "warning")
    form = PaymentReversalForm() if entry.kind == LedgerKind.PAYMENT else ReasonForm()
    if not form.is_submitted():
        if "what" in form:
            form.what.data, form.on.data = MISTAKE, today()
    elif form.validate():
        returned = "what" in form and form.what.data == RETURNED
        try:
            with use_case() as writing:
                day = form.on.data if returned else None
                reverse_entry(writing, entry_id, reason=form.reason.data, on=day)
            return _to_ledger(case.id, _("L'écriture est annulée."), "success")
        except (BadInput, Refused) as error:
            explain(form, error)
    page = render_template("lead/ledger/reverse.html", entry=entry, case=case, form=form)
    return page, 422 if form.is_submitted() else 200


@requires("ledger.correct")
def adjust(case_id: int, kind: str) -> Page:
    """Ask how much and why, then book it."""
    case = get_case(reading(), case_id)
    booked = as_code(LedgerKind, kind) or LedgerKind.CORRECTION
    form = CorrectionForm() if booked == LedgerKind.CORRECTION else WriteOffForm()
    if not form.is_submitted():
        form.on.data, form.seen_version.data = today(), case.version
    elif form.validate():
        more = "direction" in form and form.direction.data != LESS
        cents = abs(form.amount.cents or 0) * (1 if more else -1)
        wanted = Adjustment(booked, cents, form.on.data, form.reason.data, form.seen_version.data)
        try:
            with use_case() as ctx:
                adjust_debt(ctx, case_id, wanted)
            return _to_ledger(case_id, _("L'écriture est enregistrée."), "success")
        except (BadInput, Refused) as error:
            explain(form, error)
        except Conflict as error:
            return _to_ledger(case_id, sentence(error), "warning")
    page = render_template("lead/ledger/adjust.html", case=case, kind=booked, form=form)
    return page, 422 if form.is_submitted() else 200


def _to_ledger(case_id: int, message: str, category: str) -> Response:
    flash(message, category)
    if not case_id:
        return redirect(url_for("mediator.cases"), 303)
    return redirect(url_for("mediator.case", case_id=case_id, _anchor="debt"), 303)
