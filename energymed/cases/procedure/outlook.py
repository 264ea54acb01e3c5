"""What may happen next to a supply, not before which day and why, in one sentence. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from energymed.base.i18n import N_
from energymed.cases.codes import SupplyState
from energymed.cases.procedure.clock import (
    DAY,
    Earliest,
    barred_on,
    earliest,
    letters,
    next_step,
    truce_of,
)
from energymed.cases.procedure.facts import Step, Supply, Why, is_never_cut
from energymed.partners.codes import Energy
from energymed.partners.procedure_rules import ProcedureRules

Params = Mapping[str, date | int | str]
CUT, REDUCTION = Step.CUT, Step.REDUCTION
BARRED: Mapping[tuple[Why, Step], str] = {
    (Why.FSL, CUT): N_(
        "Demande FSL déposée le %(filed)s : pas de coupure avant le %(day)s (décision ou "
        "%(months)s mois, puis %(notice)s jours de préavis)."
    ),
    (Why.FSL, REDUCTION): N_(
        "Demande FSL déposée le %(filed)s : pas de réduction de puissance avant le %(day)s "
        "(décision ou %(months)s mois, puis %(notice)s jours de préavis)."
    ),
    (Why.SIXTY_DAYS, CUT): N_(
        "Puissance réduite depuis le %(since)s : pas de coupure avant le %(day)s (%(days)s jours, "
        "trêve hivernale non comprise)."
    ),
    (Why.TRUCE, CUT): N_("Trêve hivernale : pas de coupure pour impayé avant le %(day)s."),
    (Why.TRUCE, REDUCTION): N_(
        "Trêve hivernale et chèque énergie attesté : pas de réduction de puissance avant le "
        "%(day)s."
    ),
    (Why.SECOND_LETTER, CUT): N_(
        "Seconde lettre du %(second)s : pas de coupure avant le %(day)s (%(last)s jours)."
    ),
    (Why.SECOND_LETTER, REDUCTION): N_(
        "Seconde lettre du %(second)s : pas de réduction de puissance avant le %(day)s (%(last)s "
        "jours)."
    ),
    (Why.FIRST_LETTER, CUT): N_(
        "Première lettre du %(first)s : pas de coupure avant le %(day)s (%(wait)s jours, puis "
        "seconde lettre et %(last)s jours)."
    ),
    (Why.FIRST_LETTER, REDUCTION): N_(
        "Première lettre du %(first)s : pas de réduction de puissance avant le %(day)s (%(wait)s "
        "jours, puis seconde lettre et %(last)s jours)."
    ),
    (Why.DUE, CUT): N_(
        "Facture due le %(due)s : pas de coupure avant le %(day)s (deux lettres d'abord, %(wait)s "
        "et %(last)s jours)."
    ),
    (Why.DUE, REDUCTION): N_(
        "Facture due le %(due)s : pas de réduction de puissance avant le %(day)s (deux lettres "
        "d'abord, %(wait)s et %(last)s jours)."
    ),
}
ALWAYS_TRUCE = N_("Trêve hivernale : pas de coupure pour impayé.")
MAY_COME: Mapping[Step, str] = {
    CUT: N_("Une coupure peut intervenir : rien de ce qui est connu ne la retarde."),
    REDUCTION: N_(
        "Une réduction de puissance peut intervenir : rien de ce qui est connu ne la retarde."
    ),
}
MAY_BE_REDUCED = N_(
    "Trêve hivernale : pas de coupure avant le %(day)s, mais la puissance peut être réduite."
)
PRACTICE = N_(
    "Puissance réduite : ce fournisseur ne coupe plus. C'est sa pratique, pas la loi : elle "
    "permettrait une coupure à partir du %(day)s."
)
WATER = N_("Eau : ni coupure ni réduction pour impayé à une résidence principale, toute l'année.")
TERMINATED = N_("Contrat résilié : rétablir la fourniture demande un nouveau contrat.")
IS_CUT = N_("Fourniture coupée : demandez depuis quand, et les conditions pour la rétablir.")
CUT_SINCE = N_(
    "Fourniture coupée depuis le %(since)s : services sociaux prévenus à partir du %(day)s, sauf "
    "opposition de la personne."
)
CUT_IN_TRUCE = N_(
    "Fourniture coupée le %(since)s, pendant la trêve hivernale : anormal à une résidence "
    "principale, le rétablissement est à demander."
)
ABNORMAL = N_("Trêve hivernale : cette coupure est anormale pour une résidence principale.")
TOO_SOON = N_("Intervention annoncée trop tôt.")
SECOND_HOME = N_("Résidence secondaire : la trêve hivernale ne la protège pas.")
LIMITED_SINCE = N_(
    "Puissance réduite : services sociaux prévenus à partir du %(day)s, sauf opposition de la "
    "personne."
)
WRITE_FIRST = N_("Avant de couper, le fournisseur doit encore écrire à la personne.")
CALL_FIRST = N_("Avant de couper, le fournisseur doit encore appeler la personne.")
TRY_FIRST = N_("Avant de couper, le fournisseur doit encore tenter de joindre la personne.")

ASK_STATE = N_("À demander : la fourniture est-elle normale, réduite ou coupée ?")
ASK_SINCE = N_("À demander : depuis quand ?")
ASK_LETTERS = N_("À demander : le fournisseur a-t-il écrit qu'il allait couper, et quand ?")
ASK_HOME = N_("À demander : est-ce la résidence principale ?")
ASK_METER = N_("À demander : le compteur est-il communicant (Linky) ?")


@dataclass(frozen=True, slots=True)
class Said:
    """A French msgid with what fills its places: days, numbers."""

    message: str
    params: Params = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outlook:
    """What may come next to one energy of a supply.

    `not_before` is the first day of the `step`, None when it may never come, or nothing is left to
    come. `main` is the sentence, `also` what goes with it; `alarming` when something is to be done
    about it.
    """

    energy: Energy | None
    step: Step | None
    not_before: date | None
    why: Why | None
    main: Said
    also: tuple[Said, ...] = ()
    alarming: bool = False


def outlooks(supply: Supply, rules: ProcedureRules, today: date) -> list[Outlook]:
    """What may come next, for each energy that is supplied."""
    return [_outlook(each, energy, rules, today) for energy, each in lines_of(supply)]


def questions(supply: Supply) -> list[str]:
    """Msgids of what is worth asking, the most telling first; nothing for water."""
    return [] if supply.energy == Energy.WATER else list(_questions(supply))


def lines_of(supply: Supply) -> list[tuple[Energy | None, Supply]]:
    """Each energy by itself, with what is known of its supply.

    Only electricity is ever limited: a limited supply of nobody knows what is electricity, and the
    gas beside it comes as usual.
    """
    limited = supply.state == SupplyState.LIMITED
    if supply.energy is None and limited:
        return [(Energy.ELECTRICITY, supply)]
    as_usual = replace(supply, state=SupplyState.NORMAL, since=None) if limited else supply
    if supply.energy == Energy.BOTH:
        return [(Energy.ELECTRICITY, supply), (Energy.GAS, as_usual)]
    return [(supply.energy, supply if supply.energy == Energy.ELECTRICITY else as_usual)]


def _outlook(supply: Supply, energy: Energy | None, rules: ProcedureRules, today: date) -> Outlook:
    step = next_step(supply, energy)
    if step is None:
        return _nothing_next(supply, energy, rules)
    planned = _planned(supply, energy, step, rules, today)
    if planned is not None:
        return planned
    found = earliest(supply, energy, step, rules, today)
    practice = not rules.supplier_cuts and supply.state == SupplyState.LIMITED
    if practice and step == CUT and supply.communicating_meter is not False and found.day:
        main = Said(PRACTICE, {"day": found.day})
    else:
        main = _sentence(supply, energy, step, found, rules, today)
    also = tuple(_also(supply, energy, step, rules, today))
    return Outlook(energy, step, found.day, found.why, main, also)


def _nothing_next(supply: Supply, energy: Energy | None, rules: ProcedureRules) -> Outlook:
    """A supply to which nothing more comes: water at home, or one that has ended."""
    since, alarming = supply.since, False
    never = is_never_cut(energy, supply.main_residence)
    if never and supply.state != SupplyState.TERMINATED:
        main = Said(WATER)
        alarming = supply.state == SupplyState.CUT
    elif supply.state == SupplyState.TERMINATED:
        main = Said(TERMINATED)
    elif since is None:
        main = Said(IS_CUT)
    else:
        truce, told = truce_of(supply, energy, rules.truce), rules.social_services_days
        alarming = truce is not None and truce.covers(since)
        day = since + timedelta(days=told)
        main = Said(CUT_IN_TRUCE if alarming else CUT_SINCE, {"since": since, "day": day})
    return Outlook(energy, None, None, None, main, alarming=alarming)


def _planned(
    supply: Supply, energy: Energy | None, step: Step, rules: ProcedureRules, today: date
) -> Outlook | None:
    """An intervention that is announced for a day on which it may not be, if one is.

    What a file announces is a cut, as its columns say.
    """
    day = supply.planned_on
    if day is None or day < today:
        return None
    why = barred_on(supply, energy, CUT, rules, day)
    if why is None:
        return None
    found = earliest(supply, energy, CUT, rules, today)
    if why == Why.TRUCE:
        return Outlook(energy, step, found.day, why, Said(ABNORMAL), alarming=True)
    told = _sentence(supply, energy, CUT, found, rules, today)
    return Outlook(energy, step, found.day, why, Said(TOO_SOON), (told,), alarming=True)


def _sentence(
    supply: Supply,
    energy: Energy | None,
    step: Step,
    found: Earliest,
    rules: ProcedureRules,
    today: date,
) -> Said:
    if found.day is None:
        return Said(ALWAYS_TRUCE)
    if found.why is not None:
        return Said(BARRED[found.why, step], _params(supply, found.day, rules))
    truce = truce_of(supply, energy, rules.truce)
    if step == REDUCTION and truce is not None and truce.covers(today):
        if truce.is_endless:
            return Said(ALWAYS_TRUCE)
        return Said(MAY_BE_REDUCED, {"day": truce.ends_after(today) + DAY})
    return Said(MAY_COME[step])


def _params(supply: Supply, day: date, rules: ProcedureRules) -> Params:
    wait, last = letters(supply, rules)
    known: dict[str, date | int | None] = {
        "day": day, "wait": wait, "last": last, "months": rules.fsl_months,
        "notice": rules.fsl_notice_days, "days": rules.limited_days,
        "filed": supply.fsl_filed_on, "since": supply.since, "due": supply.due_on,
        "first": supply.first_letter_on, "second": supply.second_letter_on,
    }  # fmt: skip
    return {name: value for name, value in known.items() if value is not None}


def _also(
    supply: Supply, energy: Energy | None, step: Step, rules: ProcedureRules, today: date
) -> Iterator[Said]:
    if energy != Energy.WATER and not supply.may_be_main and rules.truce.covers(today):
        yield Said(SECOND_HOME)
    if supply.state != SupplyState.LIMITED:
        return
    if supply.since is not None:
        told = supply.since + timedelta(days=rules.social_services_days)
        if told > today:
            yield Said(LIMITED_SINCE, {"day": told})
    if step == CUT and rules.supplier_cuts:
        yield from _contacts(supply, rules)


def _contacts(supply: Supply, rules: ProcedureRules) -> Iterator[Said]:
    """The contacts that must still come before a cut, as far as ours are known."""
    if supply.written < rules.least_written_contacts:
        yield Said(WRITE_FIRST)
    if supply.voice < rules.least_voice_contacts:
        yield Said(CALL_FIRST)
    enough = max(supply.written, rules.least_written_contacts) + max(
        supply.voice, rules.least_voice_contacts
    )
    if enough < rules.least_contacts:
        yield Said(TRY_FIRST)


def _questions(supply: Supply) -> Iterator[str]:
    limited = supply.state == SupplyState.LIMITED
    if supply.state == SupplyState.UNKNOWN:
        yield ASK_STATE
    if supply.state in (SupplyState.LIMITED, SupplyState.CUT) and supply.since is None:
        yield ASK_SINCE
    coming = supply.state in (SupplyState.UNKNOWN, SupplyState.NORMAL)
    if coming and supply.second_letter_on is None:
        yield ASK_LETTERS
    if limited and supply.communicating_meter is None:
        yield ASK_METER
    if supply.main_residence is None:
        yield ASK_HOME
