"""What is still possible when a fund has refused, by its reason. Pure; choices of ours (P).

The usual ways: another fund, the same one with what was missing, an appeal in its time, a social
worker, and a hold, since a refusal ends the protection of supply (DOMAIN §3, §5).
"""

from energymed.base.i18n import N_
from energymed.mediation.aid_codes import AfterRefusal, RefusalReason

_WAYS: dict[RefusalReason, tuple[AfterRefusal, ...]] = {
    RefusalReason.INCOME: (
        AfterRefusal.OTHER_FUND, AfterRefusal.PLAN, AfterRefusal.REFERRAL, AfterRefusal.APPEAL,
    ),
    RefusalReason.INCOMPLETE: (AfterRefusal.ASKED_AGAIN, AfterRefusal.HOLD, AfterRefusal.APPEAL),
    RefusalReason.ALREADY_AIDED: (
        AfterRefusal.OTHER_FUND, AfterRefusal.REFERRAL, AfterRefusal.PLAN, AfterRefusal.HOLD,
    ),
    RefusalReason.OUT_OF_SCOPE: (
        AfterRefusal.OTHER_FUND, AfterRefusal.APPEAL, AfterRefusal.REFERRAL, AfterRefusal.HOLD,
    ),
    RefusalReason.OTHER: (
        AfterRefusal.APPEAL, AfterRefusal.OTHER_FUND, AfterRefusal.REFERRAL, AfterRefusal.HOLD,
    ),
}  # fmt: skip

# `end`: the last day of an appeal
SENTENCES: dict[AfterRefusal, str] = {
    AfterRefusal.OTHER_FUND: N_("Demander à un autre fonds de l'annuaire, qui a ses propres "
                                "règles."),
    AfterRefusal.ASKED_AGAIN: N_("Déposer une nouvelle demande, avec les pièces qui manquaient."),
    AfterRefusal.APPEAL: N_("Écrire un recours au fonds, avec sa décision et ce qui a changé, "
                            "jusqu'au %(end)s."),
    AfterRefusal.REFERRAL: N_("Proposer un rendez-vous avec un travailleur social : secours "
                              "exceptionnel, budget."),
    AfterRefusal.HOLD: N_("Demander une suspension au fournisseur : le refus met fin à la "
                          "protection de la fourniture, après un préavis."),
    AfterRefusal.PLAN: N_("Proposer un échéancier qui tient dans le budget."),
}  # fmt: skip


def ways_after(reason: RefusalReason | str | None) -> tuple[AfterRefusal, ...]:
    """What to propose after a refusal, the most promising first; older rows may have no reason."""
    known = RefusalReason(reason) if reason in RefusalReason.labels() else RefusalReason.OTHER
    return _WAYS[known]
