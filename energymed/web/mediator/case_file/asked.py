"""What a partner was asked for on a case, with its dates; and the partner's word on a hold."""

from dataclasses import dataclass

from flask import flash, render_template
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import StringField
from wtforms.validators import Optional

from energymed.base.clock import today
from energymed.base.context import Context
from energymed.base.db import db
from energymed.base.errors import BadInput, Refused
from energymed.casework.case_overview import CaseOverview
from energymed.mediation.next_dates import complaint_days
from energymed.mediation.request_codes import (
    DisputeSubject,
    HoldReason,
    HoldSubject,
    HoldTarget,
    RequestKind,
    RequestState,
    SupplierAction,
    request_label,
)
from energymed.mediation.request_models import PartnerRequest
from energymed.mediation.requests import forget_avoided, get_request, note_avoided
from energymed.partners.rulebook import load_waiting_rules
from energymed.partners.waiting_rules import WaitingRules
from energymed.web.mediator.call.controls import DayField
from energymed.web.mediator.case_file.done import back_to_case, done
from energymed.web.shared.errors import explain
from energymed.web.shared.filters import day
from energymed.web.shared.permissions import requires
from energymed.web.shared.use_case import reading, use_case

Page = str | Response | tuple[str, int]
TONES = {
    RequestState.GRANTED: "good", RequestState.REFUSED: "bad", RequestState.NO_ANSWER: "warning",
    RequestState.TO_WRITE: "warning", RequestState.ENDED: "neutral",
}  # fmt: skip


class AvoidedForm(FlaskForm):  # type: ignore[misc]  # the base is untyped
    """What the partner said of an intervention after a hold: the day, and where that stands."""

    on = DayField(_l("Le partenaire l'a dit le"), validators=[Optional()])
    source = StringField(
        _l("Source"),
        description=_l("Par exemple : courriel du gestionnaire du réseau du 12 mars."),
    )


@dataclass(frozen=True, slots=True)
class AskedLine:
    """One request as the case page shows it: what, its state in words, its days."""

    request: PartnerRequest
    title: str
    state: str
    tone: str
    days: list[str]


def asked_lines(known: CaseOverview) -> list[AskedLine]:
    """What the partner of a case was asked for, newest first; crossed-out acts left aside.

    One query for the times to wait, where there is a complaint.
    """
    shown = [each for each in known.mediation.requests if each.act.voided_at is None]
    rules = None
    if any(each.kind == RequestKind.DISPUTE and each.asked_on for each in shown):
        case = known.case
        rules = load_waiting_rules(
            db.session(), today(), partner_id=case.partner_id, kind=case.campaign_kind
        )
    return [
        AskedLine(
            each,
            request_title(each),
            _(request_label(each.kind, each.state)),
            TONES.get(each.state, "info"),
            _days(each, rules),
        )
        for each in shown
    ]


def request_title(request: PartnerRequest) -> str:
    """What is asked for, in words."""
    match request.kind:
        case RequestKind.HOLD:
            subjects = HoldSubject.labels()
            told = ", ".join(
                _(subjects[each]).lower()
                for each in request.act.details.get("subjects", ())
                if each in subjects
            )
            return _("Suspension : %(what)s", what=told)
        case RequestKind.ACTION:
            return _("Fournisseur : %(what)s", what=_(SupplierAction(request.subject).label))
        case RequestKind.DISPUTE:
            return _("Réclamation : %(what)s", what=_(DisputeSubject(request.subject).label))


def _days(request: PartnerRequest, rules: WaitingRules | None) -> list[str]:
    """The days of a request, each with what it is."""
    told = []
    if request.kind == RequestKind.DISPUTE:
        if request.asked_on is not None and rules is not None:
            answer_by, last = complaint_days(request.asked_on, rules)
            told = [
                _("écrite le %(day)s", day=day(request.asked_on)),
                _("réponse attendue le %(day)s", day=day(answer_by)),
                _("médiateur de l'énergie jusqu'au %(day)s", day=day(last)),
            ]
    elif request.asked_on is not None:
        told = [_("demandée le %(day)s", day=day(request.asked_on))]
    if request.kind == RequestKind.HOLD:
        told += _of_hold(request)
    if request.state_on != request.asked_on:
        told.append(_("état du %(day)s", day=day(request.state_on)))
    return told


def _of_hold(request: PartnerRequest) -> list[str]:
    details = request.act.details
    tables = ((HoldTarget.labels(), "asked_of"), (HoldReason.labels(), "reason"))
    told = [
        _(labels[details[name]]).lower() for labels, name in tables if details.get(name) in labels
    ]
    if request.until is not None:
        told.append(_("jusqu'au %(day)s", day=day(request.until)))
    return told


@requires("holds.confirm")
def avoided(request_id: int) -> Page:
    """The partner told a lead that the intervention did not take place."""
    form = AvoidedForm()
    if form.validate_on_submit():
        try:
            with use_case() as ctx:
                case_id = note_avoided(
                    ctx, request_id, form.on.data, form.source.data or ""
                ).case_id
            flash(_("L'intervention évitée est notée."), "success")
            return back_to_case(case_id)
        except (BadInput, Refused) as error:
            explain(form, error)
    request = get_request(reading(), request_id)
    if not form.is_submitted():
        form.on.data, form.source.data = request.avoided_on or today(), request.avoided_source
    page = render_template(
        "mediator/case_file/avoided.html",
        request_=request,
        title=request_title(request),
        case=request.case,
        form=form,
        today=today(),
    )
    return page, 422 if form.is_submitted() else 200


@requires("holds.confirm")
def not_avoided(request_id: int) -> Response:
    """The partner did not say so after all."""

    def work(ctx: Context) -> int:
        return forget_avoided(ctx, request_id).case_id

    return done(work, _("La mention est retirée."))
