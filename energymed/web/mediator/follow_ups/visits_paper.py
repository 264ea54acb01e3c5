"""The round of visits on paper: door after door, with boxes for what came of each.

A sheet may be lost: on it stands nothing of a debt, nor of whom anything is owed to, nor of
anybody's health or home. In French, for whoever walks.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import force_locale
from flask_babel import gettext as _

from energymed.base.clock import at_paris, paris_date
from energymed.base.i18n import N_
from energymed.base.pdf import MEDIA_TYPE, Round, RoundDay, Stop, write_round
from energymed.calling.codes import ExchangeResult
from energymed.calling.eligibility.availability import availability_of
from energymed.calling.models import FollowUp
from energymed.calling.other_ways import MORNING
from energymed.cases.codes import NeedKind, PhoneStatus
from energymed.cases.models import Case
from energymed.cases.person_models import PersonNeed
from energymed.web.mediator.case_file.cautions import in_words
from energymed.web.shared.filters import clock, phone, weekday
from energymed.web.shared.letters.page import FRENCH, Download, called_back_at, house_of, long_day

NUMBERS = 2  # of one person, at most
# every result of a visit (DOMAIN §9), in words that say nothing to whoever finds the sheet
BOXES: dict[ExchangeResult, str] = {
    ExchangeResult.MET_HOLDER: N_("titulaire rencontré"),
    ExchangeResult.MET_MANDATED: N_("cotitulaire ou mandataire"),
    ExchangeResult.THIRD_PARTY: N_("un tiers"),
    ExchangeResult.NOBODY_CARD_LEFT: N_("absence, carte laissée"),
    ExchangeResult.NO_ACCESS: N_("pas d'accès"),
    ExchangeResult.REFUSED: N_("refus"),
    ExchangeResult.WRONG_ADDRESS: N_("mauvaise adresse"),
}
# what matters at the door; equipment and infants are of the home, and stay at the office
AT_THE_DOOR: dict[NeedKind, str] = {
    NeedKind.NO_MESSAGE: N_("Ne laisser aucun message, ni carte"),
    NeedKind.INTERPRETER: N_("Interprète nécessaire"),
    NeedKind.HARD_OF_HEARING: N_("Entend mal"),
    NeedKind.READS_LITTLE: N_("Lit peu : dire, plutôt que montrer"),
}


@dataclass(frozen=True, slots=True)
class Told:
    """What was said by whom, by person: their needs, and who is left no message in any file."""

    needs: Mapping[int, Sequence[PersonNeed]]
    silent: Collection[int] = ()


def round_letter(visits: Sequence[FollowUp], told: Told, who: str, now: datetime) -> Download:
    """The round as PDF; `visits` in the order in which one walks, `told` by person."""
    with force_locale(FRENCH):
        house = house_of(visits[0].case)
        days = sorted({paris_date(each.due_at) for each in visits})
        paper = Round(
            language=FRENCH,
            title=_("Tournée de visites"),
            sender=house,
            dated=_("Préparée le %(day)s pour %(who)s", day=long_day(paris_date(now)), who=who),
            footer=_("%(house)s · feuille à rapporter ou à détruire", house=house[0]),
            say=_say(house[0], called_back_at(visits[0].case)),
            days=[_day(day, visits, told) for day in days],
            boxes=[_(label) for label in BOXES.values()],
            card_box=list(BOXES).index(ExchangeResult.NOBODY_CARD_LEFT),
            hour=_("Passage à …… h ……"),
        )
    first = days[0].isoformat()
    return write_round(paper), f"visites-{first}.pdf", MEDIA_TYPE


def _say(house: str, number: str) -> list[str]:
    said = [
        _("« Bonjour, je viens de %(house)s, une association de médiation. Puis-je parler à … ? »",
          house=house),
        _("D'abord le nom complet et l'adresse ; ensuite seulement, de quoi il s'agit."),
        _("À un tiers, rien d'autre que « rappelez-nous »%(number)s.",
          number=f"\N{NO-BREAK SPACE}: {number}" if number else ""),
    ]  # fmt: skip
    return said


def _day(day: date, visits: Iterable[FollowUp], told: Told) -> RoundDay:
    of_day = [each for each in visits if paris_date(each.due_at) == day]
    towns: dict[str, list[Stop]] = {}
    for number, visit in enumerate(of_day, 1):
        town = visit.case.commune or _("Commune inconnue")
        towns.setdefault(town, []).append(_stop(number, visit, told))
    return RoundDay(f"{weekday(day).capitalize()} {long_day(day)}", list(towns.items()))


def _stop(number: int, visit: FollowUp, told: Told) -> Stop:
    case = visit.case
    return Stop(
        number=str(number),
        name=case.person.full_name,
        where=_where(case),
        when=_when(visit),
        phones=_phones(case),
        reference=case.reference,
        cautions=_cautions(told, case.person_id),
        card=case.person_id not in told.silent,
    )


def _where(case: Case) -> str:
    town = " ".join(filter(None, (case.postal_code, case.commune)))
    return ", ".join(filter(None, (case.address, case.address_extra, town)))


def _when(visit: FollowUp) -> str:
    """The hour that was agreed, else when the person likes to be turned to; often nothing."""
    if visit.due_at != at_paris(paris_date(visit.due_at), MORNING):
        return str(clock(visit.due_at))
    availability = availability_of(visit.case.person.availability)
    return in_words(availability) if availability else ""


def _phones(case: Case) -> str:
    usable = [each.e164 for each in case.person.phones if each.status == PhoneStatus.OK]
    return " · ".join(phone(number) for number in usable[:NUMBERS])


def _cautions(told: Told, person_id: int) -> list[str]:
    found = [_(AT_THE_DOOR[NeedKind.NO_MESSAGE])] if person_id in told.silent else []
    for need in told.needs.get(person_id, ()):
        if need.kind in AT_THE_DOOR and need.kind != NeedKind.NO_MESSAGE:
            words = _(AT_THE_DOOR[need.kind])
            found.append(f"{words}\N{NO-BREAK SPACE}: {need.language}" if need.language else words)
    return found
