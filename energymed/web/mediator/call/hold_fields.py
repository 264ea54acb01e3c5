"""A hold on the desk: what the form proposes before anybody has typed anything of it."""

from flask_babel import gettext as _

from energymed.base.clock import today
from energymed.base.db import db
from energymed.casework.case_overview import CaseOverview
from energymed.mediation.codes import ActKind
from energymed.mediation.holds import HoldProposal, hold_proposal
from energymed.mediation.request_codes import HoldSubject
from energymed.partners.rulebook import load_waiting_rules
from energymed.web.mediator.call.forms import ActsForm
from energymed.web.shared.fields import choices


def proposed_hold(known: CaseOverview) -> HoldProposal:
    """What a hold on this case is proposed as, today."""
    case = known.case
    waiting = load_waiting_rules(
        db.session(), today(), partner_id=case.partner_id, kind=case.campaign_kind
    )
    return hold_proposal(case, known.procedure.energy, waiting, today())


def propose_hold(form: ActsForm, proposed: HoldProposal) -> None:
    """Offer what may be held back, and fill the controls unless the act is ticked already."""
    subjects = form["hold_asked_subjects"]
    if ActKind.HOLD_ASKED not in (form.acts.data or ()):
        subjects.data = list(proposed.usual)
        form["hold_asked_asked_of"].data = proposed.asked_of
        form["hold_asked_until"].data = proposed.until
    shown = {*proposed.subjects, *(subjects.data or ())}
    subjects.choices = choices(
        {each: each.label for each in HoldSubject if each in shown}, empty=False
    )
    subjects.description = _(proposed.note) if proposed.note else ""
