"""What was agreed in an exchange, as a letter; nothing that must not lie about at home."""

from datetime import date

from flask_babel import force_locale
from flask_babel import gettext as _

from energymed.base.clock import paris_date
from energymed.base.context import Context
from energymed.base.errors import NotFound
from energymed.base.i18n import N_
from energymed.base.pdf import Facts, Part
from energymed.calling.models import Contact
from energymed.calling.queries import versions_of
from energymed.mediation.codes import NOT_WRITTEN
from energymed.mediation.models import Act
from energymed.mediation.queries import of_case
from energymed.messages.letters.codes import LetterKind, LetterVariant
from energymed.web.shared.act_words import act_details
from energymed.web.shared.letters.page import (
    FRENCH,
    Download,
    Told,
    as_download,
    letter_of,
    long_day,
)
from energymed.web.shared.letters.plan_and_budget import plan_days


def agreed_letter(ctx: Context, contact: Contact, variant: LetterVariant, today: date) -> Download:
    """What was agreed in an exchange.

    Raises:
        NotFound: nothing that is written.
    """
    letter = letter_of(contact.case, agreed_told(ctx, contact), variant, today)
    return as_download(letter, f"convenu-{contact.case.reference}")


def agreed_told(ctx: Context, contact: Contact) -> Told:
    """What the letter tells: each act in detail, then the days of a plan. Errors as above."""
    whole = set(versions_of(ctx.session, contact))
    found = of_case(ctx.session, contact.case_id)
    acts = [act for act in found.acts if act.contact_id in whole and is_written(act)]
    if not acts:
        raise NotFound(N_("Rien n'a été convenu dans cet échange."))
    shown = {act.id for act in acts}
    with force_locale(FRENCH):
        detail = act_details(found)
        details: list[Part] = [
            Facts([(_(act.kind.label), detail[act.id] or "–") for act in acts]),
            *(plan_days(plan) for plan in found.plans if plan.act_id in shown),
        ]
    return Told(LetterKind.AGREED, {"jour": long_day(paris_date(contact.started_at))}, details)


def is_written(act: Act) -> bool:
    """Whether an act that stands may be told in a letter."""
    return act.voided_at is None and act.kind not in NOT_WRITTEN
