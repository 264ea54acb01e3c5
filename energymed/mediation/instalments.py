"""What is said of instalments: by the partner to a lead, and by the person.

Both stand beside what payments say (`plan_payments`). An instalment is confirmed by the partner
alone: by payments, or by its word to a lead with its source and day, which can be taken back.
"""

from datetime import date

from energymed.accounts.scope import check_author
from energymed.base import audit
from energymed.base.clock import paris_date
from energymed.base.context import Context
from energymed.base.errors import BadInput, NotFound, Refused
from energymed.base.i18n import N_
from energymed.base.text.folding import tidy_lines
from energymed.base.text.free_text import check_words
from energymed.mediation.codes import InstalmentState, InstalmentWord
from energymed.mediation.journal import locked
from energymed.mediation.models import Confirmation, Instalment, Plan
from energymed.mediation.states import FOLLOWED_PLANS, NOT_IN_FORCE

LONGEST_SOURCE = 200


def get_instalment(ctx: Context, instalment_id: int) -> Instalment:
    """The instalment as it stands now that its case is locked.

    Raises:
        NotFound: unknown or of another site.
    """
    instalment = ctx.session.get(Instalment, instalment_id)
    if instalment is None:
        raise NotFound(N_("Cette échéance n'existe pas."))
    locked(ctx, Plan, instalment.plan_id)
    ctx.session.refresh(instalment)
    return instalment


def note_word(ctx: Context, instalment_id: int, said: InstalmentWord | None) -> Instalment:
    """Note what the person says of an instalment: paid, not paid, or nothing after all.

    A new word is whoever's hears it; a word is taken back by who noted it, or by a lead.

    Raises:
        NotFound: unknown or of another site.
        Refused: the plan is over, the partner confirmed the instalment, or a word that somebody
            else noted would be taken back.
    """
    instalment = get_instalment(ctx, instalment_id)
    if instalment.plan.state not in FOLLOWED_PLANS:
        raise Refused(N_("Cet échéancier ne court plus."))
    if instalment.state == InstalmentState.CONFIRMED:
        raise Refused(N_("Cette échéance est confirmée par le partenaire."))
    if instalment.said == said:
        return instalment
    if said is None:
        check_author(ctx.actor, instalment.said_by_id)
    before, instalment.said = instalment.said, said
    instalment.said_by_id = ctx.actor.user_id if said else None
    instalment.declared_on = paris_date(ctx.now) if said else None
    audit.record(ctx, "instalment.said", instalment, before={"said": before}, after={"said": said})
    ctx.session.flush()
    return instalment


def confirm_instalment(
    ctx: Context, instalment_id: int, *, paid_on: date | None, source: str
) -> Instalment:
    """Note that the partner told a lead that an instalment was paid, on which day, and where.

    Nothing is booked: the payment itself comes with the partner's file.

    Raises:
        NotFound: unknown or of another site.
        BadInput: no source; no day, one to come, or one before the plan; `params["field"]` tells.
        Refused: the plan is cancelled, or the instalment is confirmed already.
    """
    instalment = get_instalment(ctx, instalment_id)
    if instalment.plan.state in NOT_IN_FORCE:
        raise Refused(N_("Cet échéancier ne court plus."))
    if instalment.state == InstalmentState.CONFIRMED:
        raise Refused(N_("Cette échéance est déjà confirmée."))
    source = tidy_lines(source)
    day = _checked(instalment.plan, paid_on, source, paris_date(ctx.now))
    confirmation = Confirmation(
        instalment_id=instalment.id,
        paid_on=day,
        source=source,
        recorded_at=ctx.now,
        recorded_by_id=ctx.actor.user_id,
    )
    ctx.session.add(confirmation)
    told = {"instalment_id": instalment.id, "paid_on": day.isoformat()}
    audit.record(ctx, "confirmation.recorded", confirmation, after=told)
    ctx.session.flush()
    return instalment


def withdraw_confirmation(ctx: Context, confirmation_id: int) -> Instalment:
    """Take back what a lead noted of the partner's word; a second time changes nothing.

    Raises:
        NotFound: unknown or of another site.
        Refused: somebody else noted it, and the actor is no lead.
    """
    confirmation = ctx.session.get(Confirmation, confirmation_id)
    if confirmation is None:
        raise NotFound(N_("Cette échéance n'existe pas."))
    instalment = get_instalment(ctx, confirmation.instalment_id)
    if confirmation.withdrawn_at is None:
        check_author(ctx.actor, confirmation.recorded_by_id)
        confirmation.withdrawn_at, confirmation.withdrawn_by_id = ctx.now, ctx.actor.user_id
        told = {"instalment_id": instalment.id, "paid_on": confirmation.paid_on.isoformat()}
        audit.record(ctx, "confirmation.withdrawn", confirmation, before=told)
        ctx.session.flush()
    return instalment


def _checked(plan: Plan, paid_on: date | None, source: str, today: date) -> date:
    if not source:
        raise BadInput(N_("Dites d'où vient cette confirmation."), field="source")
    check_words(source, "source", most=LONGEST_SOURCE)
    if paid_on is None:
        raise BadInput(N_("Donnez le jour du paiement."), field="paid_on")
    if paid_on > today:
        raise BadInput(N_("Ce jour n'est pas encore passé."), field="paid_on")
    if plan.agreed_on and paid_on < plan.agreed_on:
        raise BadInput(N_("Ce jour précède l'échéancier."), field="paid_on")
    return paid_on
