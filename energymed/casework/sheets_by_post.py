"""The sheets of a case by post: a referral, the papers of a request, the energy cheque.

Put with the letters to be printed, or noted at once as sent by whoever printed one themselves.
Composed when printed, from what stands then, as every letter that waits.
"""

from sqlalchemy import select

from energymed.accounts.scope import may_take_back
from energymed.base.clock import paris_date
from energymed.base.codes import as_code
from energymed.base.context import Context
from energymed.base.errors import BadInput, Refused
from energymed.base.i18n import N_
from energymed.cases.queries import get_case
from energymed.casework.send_letters import note_sent
from energymed.mediation.codes import ActKind
from energymed.mediation.journal import read_record
from energymed.mediation.models import Act, AidRequest, Referral
from energymed.mediation.states import PAPERS_COME
from energymed.messages.letters.codes import LetterKind, LetterState, LetterVariant
from energymed.messages.letters.library import variant_of
from energymed.messages.letters.models import LetterToPrint
from energymed.messages.letters.to_print import (
    ask_for_letter,
    get_letter,
    reword_letter,
    withdraw_letter,
)
from energymed.partners.cheque_campaign_rows import load_cheque_campaigns
from energymed.partners.cheque_campaigns import ChequeCampaign

Sheet = Referral | AidRequest | ChequeCampaign
KIND_OF = {
    ActKind.REFERRAL: LetterKind.REFERRAL,
    ActKind.AID_OPENED: LetterKind.PAPERS,
    ActKind.ENERGY_CHEQUE_AWARENESS: LetterKind.CHEQUE,
}

NO_SHEET = N_("Cette fiche n’est plus à envoyer.")


def ask_for_sheet(ctx: Context, act_id: int, wished: str | None = None) -> LetterToPrint:
    """Put the sheet of an act with the letters to be printed; twice is once.

    Args:
        wished: how it is worded; without, as the person needs it.

    Raises:
        NotFound: unknown, crossed out or of another site.
        Refused: the act has no sheet now, or the person is not to be written to.
    """
    act = read_record(ctx, Act, act_id)
    case = get_case(ctx, act.case_id, lock=True)
    ctx.session.refresh(act)
    read_record(ctx, Act, act_id)  # it may have been crossed out meanwhile
    if not has_sheet(ctx, act):
        raise Refused(NO_SHEET)
    return ask_for_letter(
        ctx, case, KIND_OF[act.kind], variant_of(ctx, case, wished), act_id=act.id
    )


def sheet_sent(ctx: Context, act_id: int, wished: str | None = None) -> LetterToPrint:
    """Note that the sheet of an act was printed and sent at once. Errors as `ask_for_sheet`."""
    letter = ask_for_sheet(ctx, act_id, wished)
    note_sent(ctx, letter)
    return letter


def withdraw_sheet(ctx: Context, letter_id: int) -> LetterToPrint:
    """Take a letter that waits back; one that was sent stays, and a second press changes nothing.

    Raises:
        NotFound: unknown or of another site.
        Refused: it is neither the actor's nor are they a lead.
    """
    letter = _locked(ctx, letter_id)
    if letter.state == LetterState.WAITING and not may_take_back(ctx.actor, letter.user_id):
        raise Refused(
            N_("Seul le médiateur qui a demandé ce courrier, ou le chef d'équipe, peut le retirer.")
        )
    withdraw_letter(ctx, letter)
    return letter


def choose_wording(ctx: Context, letter_id: int, wished: str | None) -> LetterToPrint:
    """Word a letter that waits in another way.

    Raises:
        NotFound: unknown or of another site.
        BadInput: no such wording.
    """
    letter, variant = _locked(ctx, letter_id), as_code(LetterVariant, wished)
    if variant is None:
        raise BadInput(N_("Choisissez dans la liste."), field="variant")
    reword_letter(ctx, letter, variant)
    return letter


def has_sheet(ctx: Context, act: Act) -> bool:
    """Whether an act has something to be sent now: consent stands, papers are missing."""
    return act.voided_at is None and sheet_of(ctx, act) is not None


def sheet_of(ctx: Context, act: Act) -> Sheet | None:
    """What the sheet of an act tells of, if there is one now."""
    session = ctx.session
    if act.kind == ActKind.REFERRAL:
        referral = session.scalar(select(Referral).filter_by(act_id=act.id))
        return referral if referral and referral.consent else None
    if act.kind == ActKind.AID_OPENED:
        aid = session.scalar(select(AidRequest).filter_by(act_id=act.id))
        return aid if aid and aid.state in PAPERS_COME and aid.to_bring else None
    if act.kind == ActKind.ENERGY_CHEQUE_AWARENESS:
        return load_cheque_campaigns(session).running(paris_date(ctx.now))
    return None


def _locked(ctx: Context, letter_id: int) -> LetterToPrint:
    letter = get_letter(ctx, letter_id)
    get_case(ctx, letter.case_id, lock=True)
    ctx.session.refresh(letter)
    return letter
