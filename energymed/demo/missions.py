"""What each partner entrusted to each site, with the figures that were published (DOMAIN §11).

Portes de Provence, EDF, one year (report 2023), and Dijon 2020, EDF and Enedis. What no report says
is our own choice (P): how contacts that are no calls split into channels, Dijon's acts and debt.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from energymed.base.invented_people import BURGUNDY, DROME, Place
from energymed.calling.codes import Channel
from energymed.demo.draft import Totals
from energymed.demo.network import NetworkTotals
from energymed.mediation.codes import ActKind
from energymed.partners.codes import CampaignKind, Energy

PORTES_EDF = Totals(
    cases=3_721,
    cases_a_week=75,
    calls=6_403,
    others={Channel.EMAIL: 438, Channel.LETTER: 372, Channel.SMS: 251},  # 1 061 in all
    acts={
        ActKind.PLAN_AGREED: 237,
        ActKind.AID_OPENED: 254,
        ActKind.REFERRAL: 356,
        ActKind.ENERGY_CHEQUE_AWARENESS: 411,
    },
    debt_cents=207_935_500,
    cleared_cents=207_935_500 * 5 // 100,
)
DIJON_EDF = Totals(
    cases=2_971,
    cases_a_week=60,
    calls=5_162,
    others={Channel.EMAIL: 271, Channel.LETTER: 157, Channel.SMS: 190},  # 428 mails and letters
    acts={
        ActKind.PLAN_AGREED: 194,
        ActKind.AID_OPENED: 171,
        ActKind.REFERRAL: 248,
        ActKind.ENERGY_CHEQUE_AWARENESS: 302,
    },
    debt_cents=166_376_000,
    cleared_cents=10_199_100,
)
# what the other two of Portes de Provence send: no report, figures of our own (P)
PORTES_ENGIE = Totals(
    cases=1_400,
    cases_a_week=28,
    calls=2_410,
    others={Channel.EMAIL: 160, Channel.LETTER: 90, Channel.SMS: 110},
    acts={
        ActKind.PLAN_AGREED: 88,
        ActKind.AID_OPENED: 92,
        ActKind.REFERRAL: 130,
        ActKind.ENERGY_CHEQUE_AWARENESS: 150,
    },
    debt_cents=71_400_000,
    cleared_cents=3_900_000,
)
PORTES_VEOLIA = Totals(
    cases=900,
    cases_a_week=18,
    calls=1_550,
    others={Channel.EMAIL: 70, Channel.LETTER: 85, Channel.SMS: 40},
    acts={ActKind.PLAN_AGREED: 75, ActKind.AID_OPENED: 40, ActKind.REFERRAL: 61},
    debt_cents=24_300_000,
    cleared_cents=1_650_000,
)
DIJON_ENEDIS = (
    NetworkTotals(CampaignKind.CUTOFF_NOTICE, cases=11_421, cases_a_week=230),
    NetworkTotals(CampaignKind.CUTOFF_NOTICE, cases=384, cases_a_week=8, by_visit=True),
    NetworkTotals(CampaignKind.APPOINTMENT, cases=13_529, cases_a_week=272),
)


@dataclass(frozen=True, slots=True)
class Mission:
    """What a partner entrusts to a site, year after year.

    `numbers` are the serial numbers of its people and cases (`demo.people.invent`), for the
    published year and for the one that runs.
    """

    site: str
    partner: str
    place: Place
    year: Totals | NetworkTotals
    numbers: tuple[int, int]
    energy: Energy = Energy.ELECTRICITY


MISSIONS: Sequence[Mission] = (
    Mission("pdp", "edf", DROME, PORTES_EDF, (0, 4_000)),
    Mission("pdp", "engie", DROME, PORTES_ENGIE, (44_000, 45_500), Energy.GAS),
    Mission("pdp", "veolia", DROME, PORTES_VEOLIA, (47_000, 48_000), Energy.WATER),
    Mission("dijon", "edf", BURGUNDY, DIJON_EDF, (10_000, 13_000)),
    Mission("dijon", "enedis", BURGUNDY, DIJON_ENEDIS[0], (17_000, 50_000)),
    Mission("dijon", "enedis", BURGUNDY, DIJON_ENEDIS[1], (29_000, 62_000)),
    Mission("dijon", "enedis", BURGUNDY, DIJON_ENEDIS[2], (30_000, 63_000)),
)
