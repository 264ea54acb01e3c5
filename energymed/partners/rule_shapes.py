"""The rules that an administrator may change: their names, and which values make sense. Pure.

A value has the shape that `partners.rulebook` reads (DEFAULTS there); `check_value` says in one
sentence what is wrong with one.
"""

from collections.abc import Callable, Mapping
from datetime import date, time
from itertools import pairwise
from typing import Any

from energymed.base.errors import BadInput
from energymed.base.i18n import N_
from energymed.partners.cascade_rules import CASCADE_RULES
from energymed.partners.codes import ENERGIES, Again, CallbackBy, Closure
from energymed.partners.procedure_kinds import LAWS, PROCEDURE_RULES
from energymed.partners.result_rules import DETAILS, MOST_HOURS, PREFIX, RESULT_RULES
from energymed.partners.rule_kinds import RuleKind
from energymed.partners.waiting_rules import WAITING_RULES

LEAP_YEAR = 2024
SUNDAY = 6
# how a case closes that is tried in vain
GIVEN_UP = (Closure.REFUSED, Closure.UNREACHABLE, Closure.WRONG_DATA)
MOST_TIMES = 20
ASK_WHY = N_("Par mois et par unité ; au-dessus, on demande pourquoi. Zéro : pas de repère.")
EARLIEST, LATEST = time(8), time(20)  # DOMAIN §8: may be narrowed, never widened


RULES: dict[str, RuleKind] = {
    "calling_windows": RuleKind(
        N_("Plages d'appel"), N_("Les heures auxquelles on appelle, à l'heure de Paris."), "windows"
    ),
    "calling_weekdays": RuleKind(
        N_("Jours d'appel"), N_("Jamais le dimanche ni les jours fériés."), "weekdays"
    ),
    "calling_bounds": RuleKind(
        N_("Bornes de la journée"),
        N_("Aucune plage, d'aucune campagne, ne va au-delà."), "bounds",
    ),
    "attempts_per_day": RuleKind(
        N_("Essais par jour"), N_("Au plus, pour une personne."), "count", 1, 3, N_("par jour")
    ),
    "attempts_per_period": RuleKind(
        N_("Essais par période"),
        N_("Au plus, pour une personne ; au-delà, le dossier se clôt comme injoignable."),
        "period",
    ),
    "same_day_minutes": RuleKind(
        N_("Nouvel essai le jour même"),
        N_("Attente après un résultat qui le permet (occupé)."), "count", 15, 240, N_("minutes"),
    ),
    "not_now_minutes": RuleKind(
        N_("Dossier laissé pour plus tard"),
        N_("Il revient dans la file après ce temps."), "count", 15, 2880, N_("minutes"),
    ),
    "refusal_rest_days": RuleKind(
        N_("Repos après un refus"),
        N_("La personne n'est plus appelée pendant ce temps."), "count", 1, 3650, N_("jours"),
    ),
    "voicemail_gap_days": RuleKind(
        N_("Messages sur répondeur"),
        N_("Un seul message neutre pendant ce temps."), "count", 1, 365, N_("jours"),
    ),
    "lease_minutes": RuleKind(
        N_("Réservation d'un dossier"),
        N_("Sans signe de la page ouverte, le dossier retourne dans la file."),
        "count", 5, 60, N_("minutes"),
    ),
    "message_gap_days": RuleKind(
        N_("Temps entre deux messages"),
        N_("Un seul SMS ou e-mail à une personne pendant ce temps."),
        "count", 1, 365, N_("jours"),
    ),
    "message_names_partner": RuleKind(
        N_("Nommer le partenaire dans les messages"),
        N_("S'il peut être nommé là où quelqu'un d'autre peut lire."), "choice",
    ),
    "instalment_days": RuleKind(
        N_("Échéances : jours de tolérance"),
        N_("Un paiement reçu jusque-là est à l'heure ; ensuite l'échéance est à vérifier."),
        "count", 0, 60, N_("jours"),
    ),
    "instalment_cents": RuleKind(
        N_("Échéances : écart toléré"),
        N_("Une échéance payée à cet écart près est réglée."), "count", 0, 5000, N_("centimes"),
    ),
    "names_per_number": RuleKind(
        N_("Noms sous un même numéro"),
        N_("Au-delà, le numéro ne rapproche plus personne : un décès ou un refus n'arrête que la "
           "personne dont il est dit."), "count", 1, 20, N_("noms"),
    ),
    "directory_months": RuleKind(
        N_("Annuaire à revérifier"),
        N_("Un fonds ou un organisme vérifié avant ce délai est à vérifier de nouveau."),
        "count", 1, 60, N_("mois"),
    ),
    "need_days": RuleKind(
        N_("Besoins d'une personne"),
        N_("Gardés ce temps au plus, puis à redemander."), "count", 1, 731, N_("jours"),
    ),
    "deposits_per_hour": RuleKind(
        N_("Dépôts d'un partenaire"),
        N_("Au-delà, ses fichiers attendent : leur lecture ne gêne personne."),
        "count", 1, 500, N_("par heure"),
    ),
    "repeat_days": RuleKind(
        N_("Signalement répété"),
        N_("Le même foyer, pour la même mission du partenaire, dans ce délai."),
        "count", 1, 731, N_("jours"),
    ),
    "several_days": RuleKind(
        N_("Plusieurs partenaires"),
        N_("Des partenaires qui signalent le même foyer dans ce délai : leur nombre est dit, "
           "jamais leurs noms."), "count", 1, 365, N_("jours"),
    ),
    "least_debt_cents": RuleKind(
        N_("Plus petite dette de la convention"),
        N_("En dessous, une ligne nouvelle est signalée avant l'import. Zéro : pas de seuil."),
        "amount", 0, 1_000_000,
    ),
    "least_age_days": RuleKind(
        N_("Plus petite ancienneté de la dette"),
        N_("Depuis l'échéance, sinon la facture ; avant, une ligne nouvelle est signalée avant "
           "l'import. Zéro : pas de seuil."), "count", 0, 3650, N_("jours"),
    ),
    "winter_truce": RuleKind(
        N_("Trêve hivernale"), N_("Premier et dernier jour, chaque hiver."), "truce"
    ),
    # payment plans and household budgets
    "plan_count_alone": RuleKind(
        N_("Échéances que le médiateur accorde seul"),
        N_("Au-delà, l'échéancier est proposé et attend l'accord du partenaire."),
        "count", 1, 160, N_("échéances"),
    ),
    "plan_months_alone": RuleKind(
        N_("Durée que le médiateur accorde seul"),
        N_("De la première échéance à la dernière ; au-delà, le partenaire donne son accord."),
        "count", 1, 60, N_("mois"),
    ),
    "plan_smallest_alone": RuleKind(
        N_("Plus petite échéance que le médiateur accorde seul"),
        N_("En dessous, l'échéancier est proposé et attend l'accord du partenaire."),
        "amount", 0, 1_000_000,
    ),
    "plan_count_most": RuleKind(
        N_("Échéances au plus"), N_("Même avec l'accord du partenaire."),
        "count", 1, 160, N_("échéances"),
    ),
    "plan_months_most": RuleKind(
        N_("Durée au plus"), N_("Même avec l'accord du partenaire."), "count", 1, 60, N_("mois")
    ),
    "plan_smallest_most": RuleKind(
        N_("Plus petite échéance"), N_("Même avec l'accord du partenaire."),
        "amount", 0, 1_000_000,
    ),
    "budget_day_cents": RuleKind(
        N_("Reste à vivre par jour"),
        N_("Par unité de consommation ; en dessous, le budget est juste."), "amount", 0, 10_000,
    ),
    "budget_tight_percent": RuleKind(
        N_("Marge d'un budget juste"),
        N_("Jusqu'à cet écart sous le seuil ou le plancher ; au-delà, le budget ne tient pas."),
        "count", 0, 50, N_("pour cent"),
    ),
    "budget_energy_percent": RuleKind(
        N_("Effort énergétique"),
        N_("Part des ressources ; au-dessus, elle est signalée."), "count", 1, 50, N_("pour cent"),
    ),
    "budget_floor_rsa": RuleKind(
        N_("Plancher du budget : RSA"),
        N_("Pour une personne seule, par mois : ce que les échéances laissent toujours."),
        "amount", 0, 1_000_000,
    ),
    "budget_floor_aspa": RuleKind(
        N_("Plancher du budget : ASPA"),
        N_("Le même, pour une personne seule à la retraite."), "amount", 0, 1_000_000,
    ),
    "budget_ask_insurance": RuleKind(
        N_("Repère : assurances"), ASK_WHY, "amount", 0, 1_000_000
    ),
    "budget_ask_phone": RuleKind(
        N_("Repère : téléphone et internet"), ASK_WHY, "amount", 0, 1_000_000
    ),
    "budget_ask_transport": RuleKind(
        N_("Repère : transports"), ASK_WHY, "amount", 0, 1_000_000
    ),
    "budget_ask_other_charges": RuleKind(
        N_("Repère : autres charges"), ASK_WHY, "amount", 0, 1_000_000
    ),
    **PROCEDURE_RULES,
    **WAITING_RULES,
    **CASCADE_RULES,
}  # fmt: skip
MESSAGES = ("message_gap_days", "message_names_partner")
SIGNALS = ("repeat_days", "several_days", "least_debt_cents", "least_age_days")
SOLUTIONS = tuple(code for code in RULES if code.startswith(("plan_", "budget_")))
PROCEDURE = ("winter_truce", *PROCEDURE_RULES)
WAITING = tuple(WAITING_RULES)
CASCADE = tuple(CASCADE_RULES)
FOR_EVERYBODY = (
    "calling_bounds",
    "lease_minutes",
    "directory_months",
    "need_days",
    "names_per_number",
    "several_days",
    "winter_truce",
    "budget_floor_rsa",
    "budget_floor_aspa",
    *LAWS,
)  # no campaign has its own


def check_value(code: str, value: Any) -> None:
    """Refuse a value that makes no sense for a rule (`RULES`) or a result (`result.<code>`).

    Raises:
        BadInput: in one sentence, with `params["field"]` where one control is to blame.
    """
    if code in RULES:
        CHECKS[RULES[code].shape](RULES[code], value)
    else:
        _check_result(value)


def _check_windows(_kind: RuleKind, value: list[list[str]]) -> None:
    spans = [(time.fromisoformat(start), time.fromisoformat(end)) for start, end in value]
    if not spans:
        raise BadInput(N_("Donnez au moins une plage."), field="windows")
    if any(start >= end for start, end in spans):
        raise BadInput(N_("Une plage finit avant de commencer."), field="windows")
    if any(later[0] < earlier[1] for earlier, later in pairwise(spans)):
        raise BadInput(N_("Les plages se suivent sans se chevaucher."), field="windows")


def _check_weekdays(_kind: RuleKind, value: list[int]) -> None:
    if not value:
        raise BadInput(N_("Choisissez au moins un jour."), field="weekdays")
    if SUNDAY in value:
        raise BadInput(N_("On n'appelle jamais le dimanche."), field="weekdays")


def _check_bounds(_kind: RuleKind, value: list[str]) -> None:
    if time.fromisoformat(value[0]) >= time.fromisoformat(value[1]):
        raise BadInput(N_("La journée finit avant de commencer."), field="latest")
    never = N_("Jamais avant 8 h ni après 20 h : les bornes se resserrent, sans s'élargir.")
    if time.fromisoformat(value[0]) < EARLIEST:
        raise BadInput(never, field="earliest")
    if time.fromisoformat(value[1]) > LATEST:
        raise BadInput(never, field="latest")


def _check_count(kind: RuleKind, value: int) -> None:
    _within(value, kind.least, kind.most, "number")


def _check_amount(kind: RuleKind, value: int | None) -> None:
    if value is None or not kind.least <= value <= kind.most:
        most = kind.most // 100
        raise BadInput(N_("Donnez un montant de 0 à %(most)s €."), most=most, field="amount")


def _check_period(_kind: RuleKind, value: Mapping[str, int]) -> None:
    _within(value["attempts"], 1, MOST_TIMES, "attempts")
    _within(value["days"], 1, 365, "days")
    _within(value["half_days"], 1, 2, "half_days")
    if value["half_days"] > value["attempts"]:
        raise BadInput(
            N_("Il faut au moins autant d'essais que de demi-journées."), field="half_days"
        )


def _check_choice(_kind: RuleKind, value: bool) -> None:
    if not isinstance(value, bool):
        raise BadInput(N_("Choisissez dans la liste."), field="yes")


def _check_energy(_kind: RuleKind, value: str) -> None:
    if value not in ("", *ENERGIES):
        raise BadInput(N_("Choisissez dans la liste."), field="energy")


def _check_truce(_kind: RuleKind, value: Mapping[str, list[int]]) -> None:
    for name, field in (("from", "first"), ("to", "last")):
        try:
            date(LEAP_YEAR, *value[name])
        except ValueError:
            raise BadInput(N_("Ce jour n'existe pas : écrivez 01/11."), field=field) from None


def _check_result(value: Mapping[str, Any]) -> None:
    if value["again"] not in Again.labels() or value["by"] not in CallbackBy.labels():
        raise BadInput(N_("Choisissez dans la liste."), field="again")
    if not set(value["requires"]) <= set(DETAILS):
        raise BadInput(N_("Choisissez dans la liste."), field="requires")
    _within(value["hours"], 1, MOST_HOURS, "hours")
    if value["most"] is None:
        return
    _within(value["most"], 1, MOST_TIMES, "most")
    if value["closure"] not in GIVEN_UP:
        raise BadInput(N_("Dites comment le dossier se clôt alors."), field="closure")


def _within(value: int | None, least: int, most: int, field: str) -> None:
    if value is None or not least <= value <= most:
        raise BadInput(
            N_("Donnez un nombre de %(least)s à %(most)s."), least=least, most=most, field=field
        )


CHECKS: dict[str, Callable[[RuleKind, Any], None]] = {
    "windows": _check_windows,
    "weekdays": _check_weekdays,
    "bounds": _check_bounds,
    "count": _check_count,
    "amount": _check_amount,
    "period": _check_period,
    "choice": _check_choice,
    "truce": _check_truce,
    "energy": _check_energy,
}


def is_known(code: str) -> bool:
    """Whether there is such a rule."""
    return code in RULES or (code.startswith(PREFIX) and code.removeprefix(PREFIX) in RESULT_RULES)
