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
import time
from threading import Timer
from typing import Any

import numpy
from openfisca_core.periods import Instant, Period
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
# of years of tax that nobody told
NEVER = ("rfr", "aide_logement_base_revenus_fiscaux", "pensions_alimentaires_versees",
         "abattements_speciaux_prestations_familiales")  # fmt: skip
# what an adult, the partner and a child are called in each entity
ROLES = {
    "famille": ("demandeur", "conjoint", "enfant"),
    "foyer_fiscal": ("declarant_principal", "conjoint", "personne_a_charge"),
    "menage": ("personne_de_reference", "conjoint", "enfant"),
}
# a couple with children, whom every right asks about
FIRST = {
    "month": time.strftime("%Y-%m"),
    "homes": [{"adults": [{"age": 40}, {"age": 67}], "children": [2, 8], "housing": "tenant",
               "rent": 450, "zone": 2}],
}  # fmt: skip


def main() -> None:
    """Say that it is ready, then answer until nobody asks."""
    system = FranceTaxBenefitSystem()
    reckon(system, FIRST)  # reads the laws in force, which takes longer than any answer after it
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
    homes = asked["homes"]
    year, month = map(int, asked["month"].split("-"))
    now = Period(("month", Instant((year, month, 1)), 1))
    simulation = _people(system, homes)
    _tell_persons(simulation, homes, now)
    _tell_homes(simulation, homes, now)
    found = {name: simulation.calculate(variable, now) for variable, name in ASKED.items()}
    return [
        {name: float(amounts[at]) for name, amounts in found.items()} for at in range(len(homes))
    ]


def _people(system: Any, homes: list[dict[str, Any]]) -> Any:
    """A reckoning with all homes in it: who lives in which, and as what."""
    places = [(at, role) for at, home in enumerate(homes) for role in _roles(home)]
    builder = SimulationBuilder()
    builder.create_entities(system)
    builder.declare_person_entity("individu", [str(each) for each in range(len(places))])
    for entity, (adult, partner, child) in ROLES.items():
        named = {"adult": adult, "partner": partner, "child": child}
        population = builder.declare_entity(entity, [str(at) for at in range(len(homes))])
        builder.join_with_persons(
            population, [str(at) for at, _role in places], [named[role] for _at, role in places]
        )
    return builder.build(system)


def _roles(home: dict[str, Any]) -> list[str]:
    adults = ["adult", "partner"][: len(home["adults"])]
    return adults + ["child"] * len(home["children"])


def _tell_persons(simulation: Any, homes: list[dict[str, Any]], now: Period) -> None:
    persons = [
        person
        for home in homes
        for person in (*home["adults"], *({"age": age} for age in home["children"]))
    ]
    work = _amounts(persons, "work")
    besides = _amounts(persons, "pension") + _amounts(persons, "other")
    nobody = numpy.zeros(len(persons))
    monthly = {
        "salaire_net": work,
        "salaire_imposable": work,
        "rsa_revenu_activite_individu": work,
        "ppa_revenu_activite_individu": work,
        "rsa_base_ressources_individu": besides,
        "ppa_ressources_hors_activite_individu": besides,
        "asi_aspa_base_ressources_individu": work + besides,
        "aide_logement_base_ressources_individu": (work + besides) * 12 * TAXABLE,
        **dict.fromkeys(NOTHING, nobody),
    }
    born = [f"{now.start.year - person['age']}-01-01" for person in persons]
    simulation.set_input("date_naissance", "ETERNITY", numpy.array(born, "datetime64[D]"))
    _tell_monthly(simulation, monthly, now)
    for month in range(MONTHS + 1, 12):  # by which it is judged who is still a child
        simulation.set_input("salaire_net", now.offset(-month), nobody)
    simulation.set_input("revenu_assimile_salaire", now.n_2, nobody)


def _tell_homes(simulation: Any, homes: list[dict[str, Any]], now: Period) -> None:
    nothing = numpy.zeros(len(homes))
    _tell_monthly(
        simulation,
        {
            "aide_logement_base_ressources_patrimoine": nothing,
            "loyer": _amounts(homes, "rent"),
            "zone_apl": numpy.array([f"zone_{home['zone']}" for home in homes]),
            "statut_occupation_logement": numpy.array([STATUS[home["housing"]] for home in homes]),
        },
        now,
    )
    for back in range(5):
        for variable in NEVER:
            simulation.set_input(variable, now.this_year.offset(-back), nothing)


def _amounts(told: list[dict[str, Any]], name: str) -> Any:
    return numpy.array([each.get(name, 0) for each in told], float)


def _tell_monthly(simulation: Any, values: dict[str, Any], now: Period) -> None:
    """The same in this month and in those that are looked back upon."""
    months = [now.offset(-month) for month in range(MONTHS + 1)]
    for variable, value in values.items():
        for month in months:
            simulation.set_input(variable, month, value)


if __name__ == "__main__":
    main()
