"""What is read to the person before a referral is noted: to whom, why, and what is passed on.

It is read in French, whatever the mediator reads on the screen.
"""

from dataclasses import dataclass

from flask import render_template, request
from flask_babel import force_locale
from flask_babel import gettext as _

from energymed.base.codes import as_code
from energymed.base.db import db
from energymed.base.text.folding import whole_number
from energymed.cases.queries import get_case
from energymed.mediation.codes import Body, ReferralMode, ReferralReason
from energymed.mediation.consent_texts import PASSED_ON, current_text, fill
from energymed.mediation.directory_models import SocialBody
from energymed.web.shared.directory_names import entry_name
from energymed.web.shared.permissions import requires
from energymed.web.shared.use_case import reading

FRENCH = "fr"  # of whoever is read to


@dataclass(frozen=True, slots=True)
class ConsentTold:
    """The words as they are read, and the version that they are of."""

    version: int
    words: str


@requires("cases.work")
def consent_text(case_id: int) -> str:
    """The words to read for what is chosen on the form."""
    get_case(reading(), case_id)
    told = consent_told(*(request.args.get(f"referral_{name}", "")
                          for name in ("body", "reason", "mode")))  # fmt: skip
    return render_template("mediator/call/_consent_text.html", consent_told=told)


def consent_told(body: str | None, reason: str | None, mode: str | None) -> ConsentTold | None:
    """The words for a body, a reason and a mode; nothing until all three are chosen."""
    why, how = as_code(ReferralReason, reason or ""), as_code(ReferralMode, mode or "")
    if why is None or how is None:
        return None
    with force_locale(FRENCH):
        name = _body_name(body or "")
        if not name:
            return None
        text = current_text(db.session())
        words = fill(
            text.words, body=name, reason=_(why.label).lower(), passed_on=_(PASSED_ON[how])
        )
    return ConsentTold(text.id, words)


def _body_name(chosen: str) -> str:
    row_id = whole_number(chosen)
    if row_id:
        row = db.session.get(SocialBody, row_id)
        return entry_name(row) if row else ""
    kind = as_code(Body, chosen)
    return _(kind.label) if kind else ""
