"""Why nobody is to be called now, in one title and one sentence: an empty queue is explained."""

from datetime import datetime

from flask_babel import gettext as _

from energymed.calling.queue import QueueView
from energymed.web.shared.filters import clock, ngettext, relative_day


def nobody_to_call(
    view: QueueView, callbacks: list[datetime], reopens_at: datetime | None, at: datetime
) -> tuple[str, str, str]:
    """Title, sentence and icon for a queue without a case to call.

    `callbacks` are the times promised for today; `reopens_at` is set outside the calling hours.
    """
    held = sum(each.count for each in view.held)
    later = sum(each.count for each in view.later)
    coming = [each for each in callbacks if each > at]
    if not held and not later:
        return (
            _("File vide"),
            _("Aucun dossier ne vous attend : demandez-en à votre chef d'équipe, ou voyez vos "
              "suivis."),
            "inbox",
        )  # fmt: skip
    if reopens_at is not None:
        return (
            _("Hors des heures d'appel"),
            _("La file rouvre %(day)s à %(time)s.", day=relative_day(reopens_at),
              time=clock(reopens_at)),
            "clock",
        )  # fmt: skip
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
                     held + later),
            _("Le premier s'ouvre %(day)s à %(time)s.", day=relative_day(view.opens_at),
              time=clock(view.opens_at)),
            "hourglass-split",
        )  # fmt: skip
    return (
        _("Plus personne à appeler"),
        _("Les dossiers qui restent ne peuvent plus être appelés : voyez pourquoi ci-dessous."),
        "check-circle",
    )
