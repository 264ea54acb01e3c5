"""Who may record a call on a case: whoever has it in call, or had it until the lease lapsed.

A case and its household are one person's while they call (`queue.claims`); a result that comes
from anybody else would end a call that goes on, or tell of one that never was. A lease that
lapsed loses nothing: the case knows who had it last, until a call is recorded.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.base.context import Context
from energymed.base.errors import Conflict
from energymed.base.i18n import N_
from energymed.calling.eligibility.same_person import who_talks_with
from energymed.calling.models import Contact
from energymed.cases.codes import CaseState
from energymed.cases.models import Case, Household


def check_holding(ctx: Context, case: Case) -> None:
    """Refuse a call from whoever has not the case, nor had it last; the case is locked.

    Raises:
        Conflict: closed, in call by somebody else, never taken, or gone on since; somebody else of
            the household is on the phone.
    """
    if case.state == CaseState.CLOSED:
        raise Conflict(N_("Ce dossier a été clos entre-temps. Votre saisie est conservée."))
    if case.state == CaseState.IN_CALL and case.claimed_by_id == ctx.actor.user_id:
        return
    if case.state == CaseState.IN_CALL:
        raise Conflict(
            N_("Un collègue a repris ce dossier entre-temps. Votre saisie est conservée.")
        )
    _check_had_it_last(ctx, case)
    _check_household(ctx.session, case)


def _check_had_it_last(ctx: Context, case: Case) -> None:
    last = case.last_claimed_by_id
    if last == ctx.actor.user_id and last is not None:
        return
    if last is not None:
        raise Conflict(
            N_("Un collègue a repris ce dossier entre-temps. Votre saisie est conservée.")
        )
    calls = select(Contact.id).where(Contact.case_id == case.id, Contact.voided_at.is_(None))
    if ctx.session.scalar(calls.limit(1)) is None:
        raise Conflict(
            N_("Ce dossier n'est pas en appel chez vous : prenez-le, puis enregistrez. "
               "Votre saisie est conservée.")
        )  # fmt: skip
    raise Conflict(
        N_("Un appel a été enregistré sur ce dossier depuis l'ouverture de cette page : voyez "
           "l'historique. Si le vôtre est un autre appel, reprenez le dossier, puis "
           "enregistrez de nouveau. Votre saisie est conservée.")
    )  # fmt: skip


def _check_household(session: Session, case: Case) -> None:
    """Nobody else is on the phone with this home, nor about to be: a claim locks it too."""
    home = case.person.household_id
    free = session.scalar(
        select(Household.id)
        .where(Household.id == home)
        .with_for_update(skip_locked=True, key_share=True)
    )
    if free is None or who_talks_with(session, home) is not None:
        raise Conflict(
            N_("Un collègue est en ligne avec ce foyer : enregistrez quand son appel sera "
               "terminé. Votre saisie est conservée.")
        )  # fmt: skip
