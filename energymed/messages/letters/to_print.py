"""Letters that wait to be printed: asked for, withdrawn, listed."""

from collections.abc import Collection, Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from energymed.accounts.scope import scoped
from energymed.base import audit
from energymed.base.clock import paris_date
from energymed.base.context import Context
from energymed.base.db.bulk import among
from energymed.base.errors import NotFound, Refused
from energymed.base.i18n import N_
from energymed.calling.eligibility.stopped import ADDRESS_IS_WRONG, REFUSALS, stops_of
from energymed.cases.models import Case, Person
from energymed.cases.needs import NO_MESSAGE
from energymed.cases.practice import refuse_practice
from energymed.messages.letters.codes import LetterKind, LetterState, LetterVariant
from energymed.messages.letters.models import LetterToPrint


def ask_for_letter(
    ctx: Context,
    case: Case,
    kind: LetterKind,
    variant: LetterVariant,
    *,
    contact_id: int | None = None,
    act_id: int | None = None,
) -> LetterToPrint:
    """Put a letter with those to be printed; one that waits already is the same. Case locked.

    Args:
        contact_id: the exchange that it puts in writing, or
        act_id: the act; neither for the letter to somebody whom calls do not reach.

    Raises:
        Refused: the person is not to be written to, there or at all.
    """
    refuse_practice(case)
    check_letter_to(ctx, case)
    waiting = ctx.session.scalar(
        select(LetterToPrint).filter_by(
            case_id=case.id, kind=kind, asked_contact_id=contact_id, act_id=act_id,
            state=LetterState.WAITING,
        )
    )  # fmt: skip
    if waiting is not None:
        waiting.variant = variant
        return waiting
    letter = LetterToPrint(
        case_id=case.id, kind=kind, variant=variant,
        asked_contact_id=contact_id, act_id=act_id, user_id=ctx.actor.user_id, asked_at=ctx.now,
        state=LetterState.WAITING,
    )  # fmt: skip
    ctx.session.add(letter)
    ctx.session.flush()
    audit.record(ctx, "letter.asked", letter, after={"kind": kind, "variant": variant})
    return letter


def check_letter_to(ctx: Context, case: Case) -> None:
    """Refuse a letter that may not be written, or that has nowhere to go.

    Raises:
        Refused: with the reason.
    """
    stops, today = stops_of(ctx.session, case.person), paris_date(ctx.now)
    stop = stops.contact_reason(today)
    if stop is not None:
        raise Refused(REFUSALS[stop])
    if stops.no_message_on(today):
        raise Refused(NO_MESSAGE)
    if not (case.address and case.commune):
        raise Refused(N_("L’adresse n’est pas complète : aucun courrier ne peut partir."))
    if case.address_is_wrong:
        raise Refused(ADDRESS_IS_WRONG)


def waiting_letters(ctx: Context) -> Select[LetterToPrint]:
    """Select of the letters to be printed within the actor's bounds, in the order asked."""
    return (
        scoped(select(LetterToPrint).join(Case, Case.id == LetterToPrint.case_id), Case, ctx.actor)
        .join(Person, Person.id == Case.person_id)
        .where(LetterToPrint.state == LetterState.WAITING)
        .options(
            contains_eager(LetterToPrint.case).contains_eager(Case.person),
            contains_eager(LetterToPrint.case).joinedload(Case.partner, innerjoin=True),
            joinedload(LetterToPrint.user),
        )
        .order_by(LetterToPrint.asked_at, LetterToPrint.id)
    )


def get_letter(ctx: Context, letter_id: int) -> LetterToPrint:
    """A letter that was asked for, when its case is the actor's.

    Raises:
        NotFound: unknown or of another site.
    """
    found = ctx.session.get(LetterToPrint, letter_id)
    mine = found and ctx.session.scalar(
        scoped(select(Case.id).where(Case.id == found.case_id), Case, ctx.actor)
    )
    if found is None or not mine:
        raise NotFound(N_("Ce courrier n’existe pas, ou n’est pas de votre site."))
    return found


def reword_letter(ctx: Context, letter: LetterToPrint, variant: LetterVariant) -> None:
    """Word a letter that waits in another way; one that was sent stays."""
    if letter.state != LetterState.WAITING or letter.variant == variant:
        return
    before, letter.variant = letter.variant, variant
    ctx.session.flush()
    audit.record(
        ctx, "letter.reworded", letter, before={"variant": before}, after={"variant": variant}
    )


def withdraw_letter(ctx: Context, letter: LetterToPrint) -> None:
    """Take a letter that waits back; one that was sent stays."""
    if letter.state != LetterState.WAITING:
        return
    letter.state, letter.settled_at = LetterState.WITHDRAWN, ctx.now
    ctx.session.flush()
    audit.record(ctx, "letter.withdrawn", letter, before={"state": LetterState.WAITING})


def letters_of(session: Session, contact_ids: Collection[int]) -> Sequence[LetterToPrint]:
    """The letters that put these exchanges in writing, withdrawn ones aside."""
    return session.scalars(
        select(LetterToPrint)
        .where(among(session, LetterToPrint.asked_contact_id, list(contact_ids)))
        .where(LetterToPrint.state != LetterState.WITHDRAWN)
        .order_by(LetterToPrint.id)
    ).all()


def letters_of_acts(session: Session, act_ids: Collection[int]) -> dict[int, LetterToPrint]:
    """The last letter of each of these acts, withdrawn ones aside, by act."""
    found = session.scalars(
        select(LetterToPrint)
        .where(among(session, LetterToPrint.act_id, list(act_ids)))
        .where(LetterToPrint.state != LetterState.WITHDRAWN)
        .order_by(LetterToPrint.id)
    )
    return {letter.act_id: letter for letter in found if letter.act_id is not None}
