"""Documents that the person takes along, as PDF from the case's page."""

from collections.abc import Sequence

from flask import request
from werkzeug.wrappers import Response

from energymed.base.clock import today
from energymed.base.errors import NotFound
from energymed.base.i18n import N_
from energymed.cases.models import Case
from energymed.cases.queries import get_case
from energymed.casework.correct_call import get_contact
from energymed.mediation.journal import read_record
from energymed.mediation.models import AidRequest, Referral
from energymed.messages.letters.codes import LetterVariant
from energymed.messages.letters.library import variant_of
from energymed.partners.cheque_campaign_rows import load_cheque_campaigns
from energymed.web.mediator.case_file.timeline import Event
from energymed.web.shared.downloads import download
from energymed.web.shared.letters.agreed import agreed_letter, is_written
from energymed.web.shared.letters.sheets import cheque_letter, papers_letter, referral_letter
from energymed.web.shared.openings import person_read
from energymed.web.shared.permissions import requires
from energymed.web.shared.use_case import reading


def agreed_in(events: Sequence[Event]) -> set[int | None]:
    """The exchanges of a history in which something was agreed that may be written."""
    return {each.act.contact_id for each in events if each.act and is_written(each.act)}


def wished_variant(case: Case) -> LetterVariant:
    """How the address asks that a letter be worded, else as the person needs it."""
    return variant_of(reading(), case, request.args.get("variant"))


@requires("cases.work")
def referral_pdf(referral_id: int) -> Response:
    """The sheet of a referral."""
    referral = read_record(reading(), Referral, referral_id)
    person_read(referral.case.person_id)
    return download(*referral_letter(referral, wished_variant(referral.case), today()))


@requires("cases.work")
def papers_pdf(aid_id: int) -> Response:
    """The papers that a request for aid still needs."""
    aid = read_record(reading(), AidRequest, aid_id)
    person_read(aid.case.person_id)
    return download(*papers_letter(aid, wished_variant(aid.case), today()))


@requires("cases.work")
def cheque_pdf(case_id: int) -> Response:
    """How to ask for the energy cheque."""
    case = get_case(reading(), case_id)
    campaign = load_cheque_campaigns(reading().session).running(today())
    if campaign is None:
        raise NotFound(N_("Aucune campagne du chèque énergie n'est en cours."))
    person_read(case.person_id)
    return download(*cheque_letter(case, campaign, wished_variant(case), today()))


@requires("cases.work")
def agreed_pdf(contact_id: int) -> Response:
    """What was agreed in an exchange."""
    ctx = reading()
    contact = get_contact(ctx, contact_id)
    letter = agreed_letter(ctx, contact, wished_variant(contact.case), today())
    person_read(contact.person_id)
    return download(*letter)
