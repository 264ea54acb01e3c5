"""Correcting an act of any day: it is crossed out with its reason, and another takes its place.

That one keeps the day, the exchange and the author of the first: indicators of the past period
follow it. A return that was handed over stays as it is; the next one says what changed.
"""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select

from energymed.base import audit
from energymed.base.context import Context
from energymed.base.errors import BadInput, NotFound, Refused
from energymed.base.i18n import N_
from energymed.calling.follow_ups.service import drop_instalment_checks
from energymed.cases.models import Case
from energymed.cases.queries import get_case
from energymed.casework.agreed_acts import AgreedAct, check_acts, record_acts
from energymed.casework.due_follow_ups import end_moved
from energymed.casework.hear_payments import hear_of_payments
from energymed.mediation import acts
from energymed.mediation.aids import aid_of, carry_steps
from energymed.mediation.carried_answers import carry_on, known_since
from energymed.mediation.codes import ActKind, VoidReason
from energymed.mediation.journal import locked
from energymed.mediation.models import Act, HouseholdBudget
from energymed.mediation.move_models import MoveKind
from energymed.mediation.moves import Step, steps_of
from energymed.mediation.plan_withdrawal import check_replaceable, plan_of
from energymed.mediation.rules import PlanTerms


def get_act(ctx: Context, act_id: int) -> Act:
    """The act, when its case is the actor's to see.

    Raises:
        NotFound: unknown or of another site.
    """
    act = ctx.session.get(Act, act_id)
    if act is None:
        raise NotFound(N_("Cette fiche n'existe pas, ou n'est pas de votre site."))
    get_case(ctx, act.case_id)
    return act


def void_act(ctx: Context, act_id: int, reason: VoidReason | None = None) -> Act:
    """Cross out an act, with what hangs on it. Errors as `mediation.acts.void_act`."""
    act = locked(ctx, Act, act_id)[0]
    stood = act.voided_at is None
    acts.void_act(ctx, act.id, reason)
    if stood:
        _after(ctx, act)
    return act


def correct_act(
    ctx: Context,
    act_id: int,
    corrected: AgreedAct,
    reason: VoidReason | None,
    *,
    anew: bool = False,
    request_key: str | None = None,
) -> Act:
    """Put another act of the same kind in the place of one that was noted wrongly.

    Args:
        anew: what was noted of it since (an answer, news, a word kept) is wrong too.

    Whoever may cross it out may do so; the same `request_key` again gives back what it made.

    Raises:
        NotFound: unknown or of another site.
        BadInput: no reason, or terms that cannot be, with `params["field"]` naming a control.
        Refused: it is crossed out already, or as `void_act` and the act's own room say.
    """
    act, case = locked(ctx, Act, act_id)
    if act.voided_at is not None:
        return _made_before(ctx, act, request_key)
    if corrected.kind != act.kind:
        raise BadInput(N_("Un acte se corrige par un acte de même nature."), field="acts")
    if reason is None:
        raise BadInput(N_("Dites pourquoi cet acte est corrigé."), field="void_reason")
    steps = steps_of(ctx.session, act, MoveKind.AID)
    since = known_since(ctx, act)
    corrected = _in_its_place(ctx, act, corrected)
    acts.void_act(ctx, act.id, reason, replaced=True)
    made = _record(ctx, case, act, corrected, request_key)
    _carry_over(ctx, act, made, steps)
    if not anew:
        carry_on(ctx, since, made)
    audit.record(ctx, "act.corrected", made, before={"act_id": act.id}, after={"reason": reason})
    ctx.session.flush()
    _after(ctx, act)
    return made


def _in_its_place(ctx: Context, act: Act, corrected: AgreedAct) -> AgreedAct:
    """A plan replaces what the one replaced that was noted wrongly, and nothing else."""
    if not isinstance(corrected.terms, PlanTerms):
        return corrected
    former = check_replaceable(ctx, act)
    terms = replace(corrected.terms, replaces=former.replaces_plan_id is not None)
    return replace(corrected, terms=terms)


def _record(
    ctx: Context, case: Case, act: Act, corrected: AgreedAct, request_key: str | None
) -> Act:
    """The act as it should have been noted, by the rules of the instant at which it was."""
    then, agreed = ctx.as_of(act.created_at), [corrected]
    # whoever had to take part in it was asked when it was agreed
    check_acts(then, case, agreed, with_guardian=True)
    record_acts(
        then, case.id, agreed, contact_id=act.contact_id, key=request_key, with_guardian=True
    )
    made = ctx.session.scalars(
        select(Act)
        .where(Act.case_id == case.id, Act.kind == act.kind, Act.voided_at.is_(None))
        .order_by(Act.id.desc())
        .limit(1)
    ).one()
    made.user_id, made.corrects_id = act.user_id, act.id
    return made


def _carry_over(ctx: Context, act: Act, made: Act, steps: Sequence[Step]) -> None:
    """What went on since, and was not noted wrongly."""
    if steps:
        carry_steps(ctx, aid_of(ctx, act), steps, aid_of(ctx, made))
    if act.kind == ActKind.PLAN_AGREED:
        plan_of(ctx, made).replaces_plan_id = plan_of(ctx, act).replaces_plan_id
    if act.kind == ActKind.BUDGET_STUDY:
        former, new = (
            ctx.session.scalars(
                select(HouseholdBudget).where(HouseholdBudget.act_id == each.id)
            ).one()
            for each in (act, made)
        )
        new.instalment_cents = former.instalment_cents


def _after(ctx: Context, act: Act) -> None:
    """Nobody is asked about what is crossed out; plans hear anew of what was paid."""
    end_moved(ctx, act.case_id)
    if act.kind != ActKind.PLAN_AGREED:
        return
    drop_instalment_checks(ctx, [each.id for each in plan_of(ctx, act).instalments])
    hear_of_payments(ctx, [act.case_id])


def _made_before(ctx: Context, act: Act, request_key: str | None) -> Act:
    """What the same press of the button made; a second correction is of that one."""
    made = ctx.session.scalar(select(Act).where(Act.corrects_id == act.id))
    if made is None or not request_key or made.request_key != request_key:
        raise Refused(N_("Cet acte est déjà barré : voyez l'historique du dossier."))
    return made
