"""Why nobody is to be called now, in one title and one sentence: an empty queue is explained."""

from datetime import datetime

from flask_babel import gettext as _

from energymed.accounts.codes import Role
from energymed.base.clock import paris_date
from energymed.base.dates import is_public_holiday
from energymed.base.i18n import N_
from energymed.calling.codes import NoCallReason
from energymed.calling.eligibility.rules import FOR_NOBODY_NOW
from energymed.calling.queue.view import QueueView
from energymed.web.shared.filters import clock, ngettext, relative_day

NOTHING_FOR: dict[str, str] = {
    Role.MEDIATOR: N_("Aucun dossier ne vous attend : demandez-en à votre chef d'équipe, ou voyez "
                      "vos suivis."),
    Role.TRAINEE: N_("Recevez des dossiers inventés pour vous entraîner : ils ne comptent nulle "
                     "part, et rien n'est appelé ni envoyé."),
    Role.LEAD: N_("Aucun dossier n'est à votre nom : ouvrez-en un depuis la liste des dossiers, "
                  "ou voyez ce qui reste à répartir."),
}  # fmt: skip


def nobody_to_call(
    view: QueueView,
    callbacks: list[datetime],
    reopens_at: datetime | None,
    at: datetime,
    role: str = Role.MEDIATOR,
) -> tuple[str, str, str]:
    """Title, sentence and icon for a queue without a case to call.

    `callbacks` are the times promised for today; `reopens_at` is set outside the general hours. A
    campaign may have narrower ones: all that is held may wait for these alone.
    """
    held = sum(each.count for each in view.held)
    later = sum(each.count for each in view.later)
    coming = [each for each in callbacks if each > at]
    if not held and not later:
        return _("File vide"), _(NOTHING_FOR.get(role, NOTHING_FOR[Role.MEDIATOR])), "inbox"
    if reopens_at is not None or (
        held and all(each.reason in FOR_NOBODY_NOW for each in view.held)
    ):
        return _closed(view, reopens_at, at)
    return _waiting(view, coming, held + later)


def _waiting(view: QueueView, coming: list[datetime], waiting: int) -> tuple[str, str, str]:
    """Within the hours: promised calls to come, cases whose time comes, or nobody any more."""
    if coming:
        return (
            ngettext("%(num)s rappel à venir", "%(num)s rappels à venir", len(coming)),
            _("Le premier est promis pour %(time)s : il s'ouvrira ici à l'heure dite.",
              time=clock(min(coming))),
            "telephone-forward",
        )  # fmt: skip
    if view.opens_at is not None:
        return (
            ngettext("%(num)s dossier attend son heure", "%(num)s dossiers attendent leur heure",
                     waiting),
            _("Le premier s'ouvre %(day)s à %(time)s.", day=relative_day(view.opens_at),
              time=clock(view.opens_at)),
            "hourglass-split",
        )  # fmt: skip
    return (
        _("Plus personne à appeler"),
        _("Les dossiers qui restent ne peuvent plus être appelés : voyez pourquoi ci-dessous."),
        "check-circle",
    )


def _closed(view: QueueView, reopens_at: datetime | None, at: datetime) -> tuple[str, str, str]:
    """No calls at this hour or on this day, and when the first case opens."""
    holiday = is_public_holiday(paris_date(at)) or any(
        each.reason == NoCallReason.PUBLIC_HOLIDAY for each in view.held
    )
    title = _("Jour férié") if holiday else _("Hors des heures d'appel")
    opens_at = max((each for each in (view.opens_at, reopens_at) if each), default=None)
    if opens_at is None:
        return title, _("Aucune heure d'appel n'est prévue pour ces dossiers."), "clock"
    day, time = relative_day(opens_at), clock(opens_at)
    return title, _("La file rouvre %(day)s à %(time)s.", day=day, time=time), "clock"
