"""The results of an exchange as its form offers them: of which channel, and what each does."""

from typing import Any

from flask_babel import gettext as _

from energymed.base.context import Context
from energymed.calling.calls.next_step import rest_until
from energymed.calling.codes import (
    ANSWERED,
    EXCHANGE_RESULTS,
    MET,
    REACHED,
    Channel,
    ExchangeResult,
)
from energymed.calling.eligibility.next_slot import rules_of
from energymed.cases.models import Case
from energymed.web.shared.filters import day

SPOKEN = (*REACHED, *MET)


def exchange_results(ctx: Context, case: Case) -> dict[str, Any]:
    """What the page shows beside the channel, by result.

    `channels_of` are the channels of a result, `spoken` those that ask for the identity, `reached`
    those after which something may be agreed, `follows` what the others do, in a sentence.
    """
    channels: dict[str, list[str]] = {code: [Channel.CALL_IN] for code in REACHED}
    for channel, results in EXCHANGE_RESULTS.items():
        for result in results:
            channels.setdefault(result, []).append(channel)
    return {
        "channels_of": channels,
        "spoken": SPOKEN,
        "reached": (*SPOKEN, *ANSWERED),
        "follows": _follows(ctx, case),
    }


def _follows(ctx: Context, case: Case) -> dict[str, str]:
    until = rest_until(rules_of(ctx.session, case.campaign, ctx.now), ctx.now)
    wrong = _("Plus de courrier ni de visite à cette adresse, jusqu'à ce que la bonne soit notée.")
    return {
        ExchangeResult.THIRD_PARTY: _("Rien de la dette à un tiers, ni de vive voix ni par écrit."),
        ExchangeResult.NOBODY_CARD_LEFT: _("Une carte sans rien de la dette : un nom, un numéro."),
        ExchangeResult.REFUSED: _(
            "La personne est laissée en repos jusqu'au %(day)s, et le dossier se clôt.",
            day=day(until),
        ),
        ExchangeResult.OPPOSED: _(
            "Plus jamais d'appel, de message ni de courrier, et ses dossiers sont clos."
        ),
        ExchangeResult.WRONG_ADDRESS: wrong,
        ExchangeResult.RETURNED: _(
            "Un courrier revenu : plus de courrier ni de visite à cette adresse."
        ),
    }
