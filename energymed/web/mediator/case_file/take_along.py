"""Documents that the person takes along, as PDF from the case's page."""

from collections.abc import Sequence

from flask_babel import force_locale
from werkzeug.wrappers import Response

from energymed.base.clock import paris_date, today
from energymed.base.errors import NotFound
from energymed.base.i18n import N_
from energymed.calling.queries import versions_of
from energymed.cases.queries import get_case
from energymed.casework.case_overview import case_overview
from energymed.casework.correct_call import get_contact
from energymed.mediation.codes import ActKind
from energymed.mediation.journal import read_record
from energymed.mediation.models import AidRequest, Referral
from energymed.partners.cheque_campaign_rows import load_cheque_campaigns
from energymed.web.mediator.case_file.documents import FRENCH
from energymed.web.mediator.case_file.rights_documents import (
    agreed_letter,
    cheque_letter,
    papers_letter,
    referral_letter,
)
from energymed.web.mediator.case_file.timeline import Event, timeline
from energymed.web.shared.downloads import download
from energymed.web.shared.openings import person_read
from energymed.web.shared.permissions import requires
from energymed.web.shared.use_case import reading

# a letter lies about at home: it tells of none of these
NOT_WRITTEN = (
    ActKind.ALERT, ActKind.NO_CAPACITY, ActKind.OVERINDEBTEDNESS, ActKind.REFUSES_SOLUTION,
    ActKind.BUDGET_STUDY, ActKind.LETTER_SENT,
)  # fmt: skip


def agreed_in(events: Sequence[Event]) -> set[int | None]:
    """The exchanges of a history in which something was agreed that may be written."""
    return {each.act.contact_id for each in events if each.act and _is_written(each)}


def _is_written(event: Event) -> bool:
    return event.act is not None and not event.voided and event.act.kind not in NOT_WRITTEN


@requires("cases.work")
def referral_pdf(referral_id: int) -> Response:
    """The sheet of a referral."""
    referral = read_record(reading(), Referral, referral_id)
    person_read(referral.case.person_id)
    return download(*referral_letter(referral, today()))


@requires("cases.work")
def papers_pdf(aid_id: int) -> Response:
    """The papers that a request for aid still needs."""
    aid = read_record(reading(), AidRequest, aid_id)
    person_read(aid.case.person_id)
    return download(*papers_letter(aid, today()))


@requires("cases.work")
def cheque_pdf(case_id: int) -> Response:
    """How to ask for the energy cheque."""
    case = get_case(reading(), case_id)
    campaign = load_cheque_campaigns(reading().session).running(today())
    if campaign is None:
        raise NotFound(N_("Aucune campagne du chèque énergie n'est en cours."))
    person_read(case.person_id)
    return download(*cheque_letter(case, campaign, today()))


@requires("cases.work")
def agreed_pdf(contact_id: int) -> Response:
    """What was agreed in an exchange."""
    ctx = reading()
    contact = get_contact(ctx, contact_id)
    case = get_case(ctx, contact.case_id)
    whole = set(versions_of(ctx.session, contact))
    with force_locale(FRENCH):
        agreed = [
            (event.title, event.detail)
            for event in timeline(case_overview(ctx, case))
            if event.act and event.act.contact_id in whole and _is_written(event)
        ]
    if not agreed:
        raise NotFound(N_("Rien n'a été convenu dans cet échange."))
    person_read(case.person_id)
    return download(*agreed_letter(case, paris_date(contact.started_at), agreed, today()))
