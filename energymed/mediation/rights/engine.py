"""A program of its own that reckons rights with OpenFisca France, asked line by line.

It is run by its path and imports nothing of energymed: `openfisca-france` is under the AGPL, takes
seconds to load, and comes only with the extra `energymed[rights]`. One line of JSON in, one out:

    {"month": "2026-11", "homes": [{"adults": [{"age", "work", "pension", "other"}],
     "children": [age], "housing": code, "rent": euros, "zone": 1|2|3}]}
    [{"housing_aid", "rsa", "activity_bonus", "aspa"}]      euros a month, per home

Incomes are net euros a month, taken as steady; they are in memory until the next line. It ends
with its input, or when nobody has asked for a quarter of an hour. The energy cheque is not asked
here: its bands in OpenFisca are those of 2021.
"""

import json
import os
import sys
from threading import Timer
from typing import Any

from openfisca_core.simulation_builder import SimulationBuilder
from openfisca_france import FranceTaxBenefitSystem

IDLE_S = 900
MONTHS = 8  # that a bonus looks back, with the housing aid of each
TAXABLE = 0.9  # of an income, after the deduction of a tenth (housing aid)
ASKED = {
    "aide_logement": "housing_aid", "rsa": "rsa", "ppa": "activity_bonus", "aspa": "aspa",
}  # fmt: skip
STATUS = {
    "tenant": "locataire_vide", "social_tenant": "locataire_hlm", "furnished": "locataire_meuble",
    "owner": "proprietaire", "hosted": "loge_gratuitement",
}  # fmt: skip
# what nobody was asked for, so that it is not worked out from years that nobody told
NOTHING = ("aah", "asi", "ass", "caah", "mva", "boursier", "rsa_indemnites_journalieres_activite",
           "prestations_familiales_base_ressources_individu")  # fmt: skip


def main() -> None:
    """Say that it is ready, then answer until nobody asks."""
    system = FranceTaxBenefitSystem()
    tell({"ready": True})
    idle = _idle()
    for line in sys.stdin:
        idle.cancel()
        tell(reckon(system, json.loads(line)))
        idle = _idle()


def tell(answer: object) -> None:
    """One line of JSON to whoever asks."""
    print(json.dumps(answer), flush=True)  # noqa: T201


def _idle() -> Timer:
    timer = Timer(IDLE_S, os._exit, (0,))  # the main thread waits for a line, and hears nothing
    timer.daemon = True
    timer.start()
    return timer


def reckon(system: Any, asked: dict[str, Any]) -> list[dict[str, float]]:
    """Euros a month of each right, for each home asked."""
    month = asked["month"]
    simulation = SimulationBuilder().build_from_entities(system, situation(month, asked["homes"]))
    found = {name: simulation.calculate(variable, month) for variable, name in ASKED.items()}
    return [
        {name: float(amounts[at]) for name, amounts in found.items()}
        for at in range(len(asked["homes"]))
    ]


def situation(month: str, homes: list[dict[str, Any]]) -> dict[str, Any]:
    """All homes as the entities of one reckoning."""
    built: dict[str, dict[str, Any]] = {
        "individus": {}, "familles": {}, "foyers_fiscaux": {}, "menages": {},
    }  # fmt: skip
    for at, home in enumerate(homes):
        _add(built, f"h{at}", home, month)
    return built


def _add(built: dict[str, dict[str, Any]], name: str, home: dict[str, Any], month: str) -> None:
    year = int(month[:4])
    adults = [f"{name}a{at}" for at in range(len(home["adults"]))]
    children = [f"{name}c{at}" for at in range(len(home["children"]))]
    for who, told in zip(adults, home["adults"], strict=True):
        built["individus"][who] = _person(told["age"], told, month)
    for who, age in zip(children, home["children"], strict=True):
        built["individus"][who] = _person(age, {}, month)
    built["familles"][name] = {
        "parents": adults, "enfants": children,
        "aide_logement_base_ressources_patrimoine": _every(month, 0),
    }  # fmt: skip
    never = {str(each): 0 for each in range(year - 4, year + 1)}
    built["foyers_fiscaux"][name] = {
        "declarants": adults, "personnes_a_charge": children, "rfr": never,
        "aide_logement_base_revenus_fiscaux": never, "pensions_alimentaires_versees": never,
        "abattements_speciaux_prestations_familiales": never,
    }  # fmt: skip
    built["menages"][name] = {
        "personne_de_reference": adults[:1], "conjoint": adults[1:], "enfants": children,
        "loyer": _every(month, home["rent"]), "zone_apl": _every(month, f"zone_{home['zone']}"),
        "statut_occupation_logement": _every(month, STATUS[home["housing"]]),
    }  # fmt: skip


def _person(age: int, told: dict[str, Any], month: str) -> dict[str, Any]:
    work = told.get("work", 0)
    besides = told.get("pension", 0) + told.get("other", 0)
    monthly = {
        "salaire_net": work,
        "salaire_imposable": work,
        "rsa_revenu_activite_individu": work,
        "ppa_revenu_activite_individu": work,
        "rsa_base_ressources_individu": besides,
        "ppa_ressources_hors_activite_individu": besides,
        "asi_aspa_base_ressources_individu": work + besides,
        "aide_logement_base_ressources_individu": (work + besides) * 12 * TAXABLE,
        **dict.fromkeys(NOTHING, 0),
    }
    born = f"{int(month[:4]) - age}-01-01"
    values = {variable: _every(month, value) for variable, value in monthly.items()}
    return {"date_naissance": {"ETERNITY": born}, **values}


def _every(month: str, value: object) -> dict[str, object]:
    year, number = int(month[:4]), int(month[5:])
    last = year * 12 + number - 1
    return {f"{each // 12}-{each % 12 + 1:02d}": value for each in range(last - MONTHS, last + 1)}


if __name__ == "__main__":
    main()
