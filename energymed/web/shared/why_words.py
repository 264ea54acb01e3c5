"""Why a case comes now, in one line: the words of `calling.queue.why`."""

from flask_babel import gettext as _

from energymed.calling.codes import WhyNow
from energymed.calling.queue.why import Why
from energymed.web.shared.filters import clock, day, relative_day


def why_sentence(why: Why) -> str:
    """Rappel promis : aujourd'hui à 14:00"""
    if why.code == WhyNow.CALLBACK and why.at:
        return _("Rappel promis : %(day)s à %(time)s", day=relative_day(why.at),
                 time=clock(why.at))  # fmt: skip
    if why.code == WhyNow.CUTOFF:
        return _("Coupure prévue : %(day)s", day=relative_day(why.on))
    if why.on is not None:
        return _("%(why)s ; facture due le %(day)s", why=_(why.code.label), day=day(why.on))
    return _(why.code.label)
