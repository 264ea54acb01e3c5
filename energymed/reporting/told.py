"""What a partner reads of acts, aids and closures: `partners.disclosure` applied to their codes."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from energymed.mediation.codes import ActKind
from energymed.partners.codes import Closure, DisclosureTopic
from energymed.partners.disclosure import SOCIAL_SUPPORT, told_closure, withheld_topics

ACT_TOPICS: dict[str, DisclosureTopic] = {
    ActKind.AID_OPENED: DisclosureTopic.FUNDS,
    ActKind.REFERRAL: DisclosureTopic.REFERRALS,
    ActKind.OVERINDEBTEDNESS: DisclosureTopic.OVERINDEBTEDNESS,
    ActKind.NO_CAPACITY: DisclosureTopic.NO_CAPACITY,
    ActKind.ALERT: DisclosureTopic.ALERT,
    ActKind.BUDGET_STUDY: DisclosureTopic.BUDGET,
}
# figures whose list of cases would tell of one of them
FIGURE_TOPICS = {
    "aids_created": DisclosureTopic.FUNDS,
    "aids_granted": DisclosureTopic.FUNDS,
    "aids_granted_cents": DisclosureTopic.FUNDS,
    "referrals": DisclosureTopic.REFERRALS,
}


@dataclass(frozen=True, slots=True)
class Teller:
    """Puts `SOCIAL_SUPPORT` once in place of every code that a partner may not read."""

    withheld: frozenset[DisclosureTopic]

    def acts(self, codes: Sequence[str]) -> list[str]:
        """Kinds of acts, in their order; the social support comes last."""
        told = [code for code in codes if ACT_TOPICS.get(code) not in self.withheld]
        return told if len(told) == len(codes) else [*told, SOCIAL_SUPPORT]

    def aids(self, codes: Sequence[str]) -> list[str]:
        """Aids, each as "fund:state"."""
        if codes and DisclosureTopic.FUNDS in self.withheld:
            return [SOCIAL_SUPPORT]
        return list(codes)

    def closure(self, code: Closure | None) -> str | None:
        """How the case ended."""
        return told_closure(code, self.withheld)

    def shows_cases_of(self, figure: str) -> bool:
        """Whether the cases that make a figure may be listed; their number always is told."""
        return FIGURE_TOPICS.get(figure) not in self.withheld


def what_is_told(session: Session, partner_id: int | None) -> Teller:
    """What this partner may read."""
    return Teller(withheld_topics(session, partner_id))
