"""The link by which a body answers a referral without an account: received, met, ended.

The token is random and kept as its hash alone. It serves while the person's consent stands and
something was passed on, until its last day or until it is taken back; whoever opens the page uses
nothing. Without consent nothing leaves the house, neither sheet nor link.
"""

from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_urlsafe

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager, joinedload

from energymed.base import audit
from energymed.base.clock import paris_date
from energymed.base.context import Context
from energymed.base.errors import NotFound, Refused
from energymed.base.i18n import N_
from energymed.cases.models import Case
from energymed.cases.practice import refuse_practice
from energymed.mediation.codes import ReferralMode
from energymed.mediation.journal import locked
from energymed.mediation.models import Act, Referral
from energymed.mediation.referral_models import ReferralLink
from energymed.mediation.request_codes import BodyAnswer
from energymed.partners.rulebook import load_waiting_rules

PASSING_ON = (ReferralMode.APPOINTMENT_MADE, ReferralMode.FILE_TRANSMITTED)
NO_CONSENT = N_("La personne est revenue sur son accord : rien ne part vers cet organisme.")
CROSSED_OUT = N_("Cette orientation a été barrée.")
GONE = N_("Ce lien ne sert plus.")
TOKEN_BYTES = 24  # 192 bits, in 32 signs
# where the instant of each answer stands
WHEN = {
    BodyAnswer.RECEIVED: "received_at", BodyAnswer.MET: "met_at", BodyAnswer.ENDED: "ended_at",
}  # fmt: skip


def check_consent(referral: Referral) -> None:
    """Ask before anything leaves for a body.

    Raises:
        Refused: the person's consent does not stand, or the referral was crossed out.
    """
    if referral.act.voided_at is not None:
        raise Refused(CROSSED_OUT)
    if not referral.consent:
        raise Refused(NO_CONSENT)


def may_link(referral: Referral) -> bool:
    """Whether a body may be given a link: the person agreed that something be passed on."""
    stands = referral.act.voided_at is None
    return stands and referral.consent and referral.mode in PASSING_ON


def serves(referral: Referral, now: datetime) -> bool:
    """Whether the referral has a link that may be used now."""
    link = referral.link
    alive = link is not None and link.revoked_at is None and link.expires_at > now
    return alive and may_link(referral)


def make_link(ctx: Context, referral_id: int) -> tuple[Referral, str]:
    """A new link of a referral; the one before serves no longer.

    Returns:
        The referral and the token, which is told nowhere else.

    Raises:
        NotFound: unknown or of another site.
        Refused: no consent, nothing is passed on, crossed out, or a case to be trained with.
    """
    referral, case = locked(ctx, Referral, referral_id)
    refuse_practice(case)
    check_consent(referral)
    if not may_link(referral):
        raise Refused(
            N_("Rien n'est transmis à cet organisme : il n'a pas à répondre par un lien.")
        )
    rules = load_waiting_rules(
        ctx.session, paris_date(ctx.now), partner_id=case.partner_id, kind=case.campaign_kind
    )
    token, link = token_urlsafe(TOKEN_BYTES), referral.link
    if link is None:
        link = referral.link = ReferralLink(referral_id=referral.id)
        ctx.session.add(link)
    link.token_hash, link.revoked_at = hash_of(token), None
    link.made_at, link.made_by_id = ctx.now, ctx.actor.user_id
    link.expires_at = ctx.now + timedelta(days=rules.link)
    audit.record(ctx, "referral.link_made", referral, after={"until": link.expires_at.isoformat()})
    ctx.session.flush()
    return referral, token


def revoke_link(ctx: Context, referral_id: int) -> Referral:
    """The link of a referral serves no longer; nothing happens where it did not any more.

    Raises:
        NotFound: unknown or of another site.
    """
    referral, _case = locked(ctx, Referral, referral_id)
    end_link(ctx, referral)
    return referral


def end_link(ctx: Context, referral: Referral) -> None:
    """Let the link of a referral that is locked serve no longer."""
    if referral.link is not None and referral.link.revoked_at is None:
        referral.link.revoked_at = ctx.now
        audit.record(ctx, "referral.link_revoked", referral)
        ctx.session.flush()


def bears(referral: Referral, token: str, now: datetime) -> bool:
    """Whether this is the token of the referral's link, and it serves."""
    return serves(referral, now) and referral.link.token_hash == hash_of(token)  # type: ignore[union-attr]


def find_referral(session: Session, token: str, now: datetime) -> Referral:
    """The referral whose link this is, with its case, its site and its body.

    All that may be wrong is asked in one statement, so that each answer takes as long.

    Raises:
        NotFound: unknown, over, taken back, or the consent stands no more: told alike.
    """
    statement = (
        select(Referral)
        .join(Referral.link)
        .join(Referral.act)
        .where(ReferralLink.token_hash == hash_of(token), ReferralLink.expires_at > now)
        .where(ReferralLink.revoked_at.is_(None), Act.voided_at.is_(None))
        .where(Referral.consent.is_(True), Referral.mode.in_(PASSING_ON))
        .options(contains_eager(Referral.link), joinedload(Referral.listed))
        .options(joinedload(Referral.case).joinedload(Case.site))
    )
    found = session.scalar(statement.execution_options(populate_existing=True))
    if found is None:
        raise NotFound(GONE)
    return found


def keep_answer(ctx: Context, referral: Referral, answer: BodyAnswer) -> bool:
    """Keep what a body answers, once; whether it says something new. The case is locked."""
    link = referral.link
    if link is None or getattr(link, WHEN[answer]) is not None:
        return False
    setattr(link, WHEN[answer], ctx.now)
    audit.record(ctx, "referral.answered", referral, after={"answer": answer})
    ctx.session.flush()
    return True


def answers_of(referral: Referral) -> list[tuple[BodyAnswer, datetime]]:
    """What the body answered so far, each with its instant, in order."""
    given = [(answer, getattr(referral.link, name, None)) for answer, name in WHEN.items()]
    return sorted(((answer, at) for answer, at in given if at), key=lambda each: each[1])


def hash_of(token: str) -> str:
    """What is kept of a token."""
    return sha256(token.encode("utf-8", "replace")).hexdigest()
