"""What a mediator must know before or during the call: stops, protections, deadlines."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _

from energymed.base.text.same_name import same_name
from energymed.calling.codes import FollowUpKind, FollowUpState, NoCallReason
from energymed.calling.eligibility.availability import WEEKDAYS, Availability, availability_of
from energymed.calling.eligibility.stopped import REFUSALS
from energymed.cases.codes import NeedKind
from energymed.cases.person_models import PersonNeed
from energymed.cases.procedure.facts import Why
from energymed.cases.procedure.outlook import MAY_BE_REDUCED, Said
from energymed.casework.case_overview import CaseOverview
from energymed.mediation.codes import InstalmentState
from energymed.mediation.states import FOLLOWED_PLANS, RUNNING_PLANS
from energymed.partners.codes import Energy
from energymed.web.shared.filters import day, hour, meeting_day, ngettext


@dataclass(frozen=True, slots=True)
class Caution:
    """Something that matters; `tone` as the badges have it, `icon` of the sprite.

    `case_id` is of the case that it is about, where that is another one.
    """

    tone: str
    text: str
    icon: str
    case_id: int | None = None


GRAVE_NEEDS = (NeedKind.NO_MESSAGE, NeedKind.EQUIPMENT)


def in_words(availability: Availability) -> str:
    """When a person wishes to be called: "après 17 h, lundi, mardi"."""
    parts = []
    if availability.not_before:
        parts.append(_("après %(time)s", time=hour(availability.not_before)))
    if availability.not_after:
        parts.append(_("avant %(time)s", time=hour(availability.not_after)))
    parts += [_(WEEKDAYS[day]) for day in sorted(availability.weekdays)]
    return ", ".join(parts)


def cautions(about: CaseOverview) -> list[Caution]:
    """Every caution, the gravest first."""
    return [
        *_stops(about),
        *_needs(about, GRAVE_NEEDS),
        *_cutoff(about),
        *_procedure(about),
        *_protections(about),
        *_plans(about),
        *_needs(about, (kind for kind in NeedKind if kind not in GRAVE_NEEDS)),
        *_file(about),
        *_household(about),
    ]


def _stops(about: CaseOverview) -> Iterator[Caution]:
    stops = about.stops
    if stops.bereaved:
        yield Caution("bad", _(REFUSALS[NoCallReason.DECEASED]), "person-x")
    if stops.opposed:
        yield Caution("bad", _(REFUSALS[NoCallReason.OPPOSED]), "slash-circle")
    if stops.rests_until and stops.rests_on(about.today):
        text = _("A refusé l'échange : en repos jusqu'au %(day)s.", day=day(stops.rests_until))
        yield Caution("warning", text, "pause-circle")
    availability = availability_of(about.case.person.availability)
    if availability is not None:
        text = _("Moments préférés pour un appel : %(when)s.", when=in_words(availability))
        yield Caution("info", text, "clock")
    if about.case.suspended:
        text = _("Suspendu – surendettement : pas d'échéancier sur l'arriéré.")
        yield Caution("bad", text, "shield-exclamation")


def _needs(about: CaseOverview, kinds: Iterable[NeedKind]) -> Iterator[Caution]:
    """What to do so that one works with the person safely; of two rows that say the same, one."""
    asked, told = tuple(kinds), set()
    if about.no_message and NeedKind.NO_MESSAGE in asked:
        yield Caution("bad", _("Ne laissez aucun message."), "telephone-x")
    for need in about.needs:
        if need.kind not in asked or need.kind == NeedKind.NO_MESSAGE:
            continue
        caution = _need(need)
        if caution.text not in told:
            told.add(caution.text)
            yield caution


def _need(need: PersonNeed) -> Caution:
    match need.kind:
        case NeedKind.EQUIPMENT:
            text = _(
                "Équipement indispensable sur secteur : demandez une suspension avant toute "
                "coupure."
            )
            return Caution("bad", text, "lightning-charge")
        case NeedKind.INFANT:
            text = _("Nourrisson au foyer : demandez d'abord si le logement est chauffé.")
            return Caution("warning", text, "snow")
        case NeedKind.INTERPRETER:
            text = _("Prévoir un interprète : %(language)s.", language=need.language)
            return Caution("warning", text, "people")
        case NeedKind.HARD_OF_HEARING:
            text = _("Entend mal : parlez lentement, faites redire.")
            return Caution("info", text, "telephone")
        case NeedKind.READS_LITTLE:
            text = _("Lit peu : dites tout de vive voix, puis faites redire.")
            return Caution("info", text, "journal-text")
        case NeedKind.NO_INTERNET:
            text = _("Pas d'internet : proposez le téléphone ou le papier, rien en ligne.")
            return Caution("info", text, "phone")
    text = _("Personne de confiance : %(name)s. Sans mandat, rien de la dette.", name=need.name)
    return Caution("neutral", text, "person-check")


def _cutoff(about: CaseOverview) -> Iterator[Caution]:
    case = about.case
    if not case.cutoff_date or case.cutoff_date < about.today:
        return
    days = (case.cutoff_date - about.today).days
    when = meeting_day(case.cutoff_date) + (f", {case.cutoff_slot}" if case.cutoff_slot else "")
    text = (
        ngettext(
            "Coupure prévue le %(when)s : dans %(num)s jour.",
            "Coupure prévue le %(when)s : dans %(num)s jours.",
            days,
            when=when,
        )
        if days
        else _("Coupure prévue aujourd'hui : %(when)s.", when=when)
    )
    yield Caution("bad", text, "lightning-charge")
    if case.told_at:
        yield Caution("good", _("Déjà prévenu le %(day)s.", day=day(case.told_at)), "check-circle")


def _procedure(about: CaseOverview) -> Iterator[Caution]:
    """What may come next to the supply, not before which day, and why; for each energy."""
    found = about.procedure.outlooks
    for one in found:
        text = " ".join(said_in_words(each) for each in (one.main, *one.also))
        if len(found) > 1 and one.energy:
            text = _("%(energy)s – %(text)s", energy=_(one.energy.label), text=text)
        if one.alarming:
            yield Caution("warning", text, "exclamation-triangle")
        elif one.why == Why.TRUCE or one.main.message == MAY_BE_REDUCED:
            yield Caution("info", text, "snow")
        elif one.step and one.why is None:
            yield Caution("warning", text, "lightning-charge")
        else:
            yield Caution("info", text, "shield-check" if one.why else "info-circle")


def said_in_words(said: Said) -> str:
    """The sentence in the reader's language, its days as people write them."""
    filled = {
        name: day(value) if isinstance(value, date) else value
        for name, value in said.params.items()
    }
    return _(said.message, **filled)


def _protections(about: CaseOverview) -> Iterator[Caution]:
    told = {one.why for one in about.procedure.outlooks}
    if about.protected_until and Why.FSL not in told:
        until = day(about.protected_until)
        text = _("Demande FSL déposée : fourniture maintenue jusqu'au %(day)s.", day=until)
        yield Caution("good", text, "shield-check")
    cheque = about.procedure.cheque
    if cheque and about.procedure.energy != Energy.WATER:
        text = _(
            "Chèque énergie %(year)s attesté : protections jusqu'au %(day)s.",
            year=cheque.year, day=day(cheque.protections_end),
        )  # fmt: skip
        yield Caution("good", text, "shield-check")


def _plans(about: CaseOverview) -> Iterator[Caution]:
    running = [plan for plan in about.mediation.plans if plan.state in RUNNING_PLANS]
    followed = [plan for plan in about.mediation.plans if plan.state in FOLLOWED_PLANS]
    instalments = [each for plan in followed[:1] for each in plan.instalments]
    missed = sum(each.state == InstalmentState.MISSED for each in instalments)
    if missed:
        text = ngettext("%(num)s échéance manquée.", "%(num)s échéances manquées.", missed)
        yield Caution("warning", text, "calendar-event")
    late = sum(
        each.kind == FollowUpKind.INSTALMENT and each.state == FollowUpState.OPEN
        for each in about.follow_ups
    )
    if late and not missed:
        text = ngettext(
            "%(num)s échéance passée, à vérifier.", "%(num)s échéances passées, à vérifier.", late
        )
        yield Caution("warning", text, "calendar-event")
    if running and not missed and not late:
        yield Caution("info", _("Un échéancier court déjà."), "calendar-check")


def _household(about: CaseOverview) -> Iterator[Caution]:
    """The household was signalled before, or by several partners: never which."""
    earlier = about.again.earlier
    if earlier is not None:
        text = _("Déjà signalé le %(day)s (%(how)s)", day=day(earlier.opened_at), how=_how(about))
        yield Caution("neutral", text, "arrow-repeat", earlier.id if about.opens_earlier else None)
    if about.again.by_several:
        count = about.again.partners
        text = _("Foyer signalé par %(count)s partenaires à la même période", count=count)
        yield Caution("neutral", text, "people")


def _how(about: CaseOverview) -> str:
    """Where the earlier case stands, as far as the reader may know it."""
    earlier = about.again.earlier
    if earlier is None or not about.opens_earlier:
        return _("à un autre site")
    closed = _("clos : %(closure)s", closure=_(earlier.closure.label)) if earlier.closure else ""
    stands = closed or _("dossier encore ouvert")
    if same_name(earlier.name_key, about.case.person.name_key):
        return stands
    return _("sous un autre nom ; %(stands)s", stands=stands)


def _file(about: CaseOverview) -> Iterator[Caution]:
    if about.case.missing_since_batch_id:
        text = (
            _("Absent du dernier fichier : à vérifier.")
            if about.case.debt_cents is None
            else _("Absent du dernier fichier : peut-être payé, à vérifier.")
        )
        yield Caution("info", text, "file-earmark")
    if about.case.address_is_wrong:
        text = _("La personne n'est pas à cette adresse : ni courrier ni visite avant la bonne.")
        yield Caution("warning", text, "geo-alt")
    if not about.stops.dialable:
        yield Caution("warning", _(REFUSALS[NoCallReason.NO_PHONE]), "telephone-x")
