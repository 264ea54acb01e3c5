"""What a partner may be told of a person (DOMAIN §10).

The association is controller of its social follow-up: of funds, bodies, over-indebtedness,
capacity, alerts, budget and causes a partner learns that there is social support, and no more,
unless that subject is opened to this partner. Everything else of a case is told.
"""

from collections.abc import Collection

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from energymed.base import audit
from energymed.base.context import Context
from energymed.base.i18n import N_
from energymed.partners.codes import Closure, DisclosureTopic
from energymed.partners.models import Partner, PartnerDisclosure

SOCIAL_SUPPORT = "social_support"  # the code in place of whatever may not be told
SOCIAL_SUPPORT_LABEL = N_("Accompagnement social en cours")
CLOSURE_TOPICS = {
    Closure.REFERRED: DisclosureTopic.REFERRALS,
    Closure.AID_PENDING: DisclosureTopic.FUNDS,
}


def withheld_topics(session: Session, partner_id: int | None) -> frozenset[DisclosureTopic]:
    """The subjects of which a partner only learns that there is social support: by default all."""
    told = session.scalars(
        select(PartnerDisclosure.topic).where(
            PartnerDisclosure.partner_id == partner_id, PartnerDisclosure.told
        )
    )
    return frozenset(DisclosureTopic) - frozenset(told)


def told_closure(closure: Closure | None, withheld: Collection[DisclosureTopic]) -> str | None:
    """The code of a closure as a partner may read it."""
    return SOCIAL_SUPPORT if closure and CLOSURE_TOPICS.get(closure) in withheld else closure


def set_told(ctx: Context, partner: Partner, topics: Collection[DisclosureTopic]) -> None:
    """Open these subjects to a partner, and no other."""
    withheld = withheld_topics(ctx.session, partner.id)
    before = [topic for topic in DisclosureTopic if topic not in withheld]
    after = [topic for topic in DisclosureTopic if topic in topics]
    if before == after:
        return
    ctx.session.execute(delete(PartnerDisclosure).where(PartnerDisclosure.partner_id == partner.id))
    ctx.session.add_all(
        PartnerDisclosure(partner_id=partner.id, topic=topic, told=topic in after)
        for topic in DisclosureTopic
    )
    audit.record(
        ctx, "partner.disclosure_changed", partner,
        before={"told": [str(topic) for topic in before]},
        after={"told": [str(topic) for topic in after]},
    )  # fmt: skip
    ctx.session.flush()
