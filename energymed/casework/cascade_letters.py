"""The cascade and its letter: what is proposed now, and the letter put with those to be printed.

Once the letter waits to be printed, nothing more is proposed until it has left or was withdrawn.
Every door asks here: the case, the tray, the queue, the round of visits.
"""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.base.context import Context
from energymed.base.db.bulk import among
from energymed.base.errors import Refused
from energymed.base.i18n import N_
from energymed.calling.codes import Channel
from energymed.calling.eligibility.cascade import answers
from energymed.calling.models import Contact, WayDeclined
from energymed.calling.other_ways import Proposal, proposal, proposals
from energymed.calling.queries import contacts_of
from energymed.calling.reached import is_written_to
from energymed.cases.codes import CaseState
from energymed.cases.models import Case
from energymed.cases.queries import get_case
from energymed.messages.letters.codes import LetterKind, LetterState
from energymed.messages.letters.library import variant_of
from energymed.messages.letters.models import LetterToPrint
from energymed.messages.letters.to_print import ask_for_letter
from energymed.partners.codes import Closure


def proposed_now(
    ctx: Context,
    case: Case,
    contacts: Sequence[Contact],
    declined: Sequence[WayDeclined],
    waiting: LetterToPrint | None,
) -> Proposal | None:
    """What the cascade proposes on a case, while its letter is not `waiting` to be printed."""
    return None if waiting else proposal(ctx, case, contacts, declined)


def all_proposed_now(ctx: Context, *, everybody: bool = False) -> list[Proposal]:
    """The open cases, one's own or the site's, on which the cascade proposes something.

    Those whose letter waits to be printed are left out; one statement more than `proposals`.
    """
    found = proposals(ctx, everybody=everybody)
    waiting = _waiting(ctx.session, [each.case.id for each in found]) if found else {}
    return [each for each in found if each.case.id not in waiting]


def waiting_letter(ctx: Context, case: Case) -> LetterToPrint | None:
    """The cascade's letter of a case, when it waits to be printed."""
    return _waiting(ctx.session, [case.id]).get(case.id)


def ask_for_cascade_letter(ctx: Context, case_id: int, wished: str | None = None) -> LetterToPrint:
    """Put the letter that the cascade proposes with those to be printed; twice is once.

    Args:
        wished: how it is worded; without, as the person needs it.

    Raises:
        NotFound: unknown or of another site.
        Refused: no letter is proposed, the case is closed, or the person is not to be written to,
            there or at all.
    """
    case = get_case(ctx, case_id, lock=True)
    waiting = waiting_letter(ctx, case)
    if waiting is not None:
        return waiting
    if case.state == CaseState.CLOSED:
        raise Refused(N_("Le dossier est clos : rouvrez-le pour écrire à la personne."))
    proposed = proposal(ctx, case, contacts_of(ctx.session, case.id))
    if proposed is None or proposed.way != Channel.LETTER:
        raise Refused(N_("Ce moyen n’est plus proposé sur ce dossier : rien n’a changé."))
    return ask_for_letter(ctx, case, LetterKind.UNREACHABLE, variant_of(ctx, case, wished))


def check_still_unreached(ctx: Context, letter: LetterToPrint) -> None:
    """Refuse the cascade's letter once it would say what is not so any more.

    Raises:
        Refused: somebody answered since, another letter left, or the case ended otherwise.
    """
    case = letter.case
    if case.state == CaseState.CLOSED and case.closure != Closure.UNREACHABLE:
        raise Refused(N_("Le dossier est clos : ce courrier n’a plus d’objet."))
    for contact in contacts_of(ctx.session, case.id):
        if contact.voided_at is not None or contact.started_at < letter.asked_at:
            continue
        if answers(contact):
            raise Refused(N_("La personne a répondu depuis : ce courrier n’a plus d’objet."))
        if contact.channel == Channel.LETTER and is_written_to(contact):
            raise Refused(N_("Un autre courrier lui a été envoyé depuis."))


def _waiting(session: Session, case_ids: Sequence[int]) -> dict[int, LetterToPrint]:
    """The cascade's letters that wait, by case."""
    wanted = (
        select(LetterToPrint)
        .where(among(session, LetterToPrint.case_id, case_ids))
        .where(LetterToPrint.kind == LetterKind.UNREACHABLE)
        .where(LetterToPrint.state == LetterState.WAITING)
    )
    return {letter.case_id: letter for letter in session.scalars(wanted)}
