"""Whether a household may have an energy cheque, and of how much: in memory, never kept. Pure.

What is kept of it is the rank of the band alone (DOMAIN §4, §12).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from energymed.base.codes import Code
from energymed.base.errors import BadInput, Faults
from energymed.base.i18n import N_
from energymed.base.money import Cents
from energymed.mediation.budget import Household
from energymed.mediation.codes import EligibilityBand
from energymed.partners.cheque_bands import ChequeBand, band_of

MOST_A_YEAR: Cents = 50_000_000  # above, somebody has slipped on a key
MOST_PEOPLE = 20
RANKS = (
    EligibilityBand.BAND_1, EligibilityBand.BAND_2, EligibilityBand.BAND_3, EligibilityBand.BAND_4
)  # fmt: skip


class Missed(Code):
    """Why a household that has a right to the cheque may not have received it, and what helps."""

    NO_CONTRACT = (
        "no_contract",
        N_("Pas de contrat à son nom (colocation, charges comprises, hébergement)"),
    )
    RECENT_MOVE = "recent_move", N_("A déménagé ou changé de contrat récemment")
    NO_TAX_RETURN = "no_tax_return", N_("N'a pas déclaré ses revenus à temps")
    LOST = "lost", N_("L'a perdu, ou l'a jeté")


WHAT_HELPS: dict[Missed, str] = {
    Missed.NO_CONTRACT: N_(
        "Le chèque suit le contrat : le demander en ligne ou par courrier, avec pièce d'identité, "
        "avis d'imposition et attestation de fourniture de moins de trois mois (PDL)."
    ),
    Missed.RECENT_MOVE: N_(
        "Le point de livraison a changé : en faire la demande avec l'attestation de fourniture du "
        "nouveau logement et l'avis d'imposition."
    ),
    Missed.NO_TAX_RETURN: N_(
        "Déclarer d'abord ses revenus, même nuls ; le droit s'ouvre avec l'avis d'imposition."
    ),
    Missed.LOST: N_("Le déclarer perdu au 0 805 204 805 : un autre est envoyé."),
}


@dataclass(frozen=True, slots=True)
class Estimate:
    """The band of a household, and what the campaign gives it, in cents; nothing above them."""

    band: EligibilityBand
    amount_cents: Cents


def estimate(
    bands: Sequence[ChequeBand], income_cents: Cents | None, household: Household
) -> Estimate | None:
    """The estimate from a yearly tax reference income; None where the campaign has no bands.

    Raises:
        BadInput: no income, one that cannot be, or a household without an adult; with
            `params["field"]`.
    """
    faults = Faults()
    faults.when(
        income_cents is None or not 0 <= income_cents <= MOST_A_YEAR,
        BadInput(N_("Donnez le revenu fiscal de référence de l'avis d'imposition."), field="rfr"),
    )
    people = (household.adults, household.children, household.half_children)
    faults.when(
        household.adults < 1 or min(people) < 0 or sum(people) > MOST_PEOPLE,
        BadInput(N_("Un foyer compte au moins un adulte, et vingt personnes au plus."),
                 field="adults"),
    )  # fmt: skip
    faults.tell()
    if not bands:
        return None
    band = band_of(bands, income_cents or 0, household.units)
    if band is None:
        return Estimate(EligibilityBand.ABOVE, 0)
    return Estimate(RANKS[band.rank - 1], band.amount_cents(household.units))
