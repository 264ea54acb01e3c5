"""What a mediator does with the link of a referral: make it, print it, take it back.

And noting that the person goes back on their consent: the link ends with it.
"""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from energymed.base.clock import today
from energymed.base.context import Context
from energymed.base.errors import Refused
from energymed.base.i18n import N_
from energymed.casework.referral_news import withdraw_consent
from energymed.mediation.journal import read_record
from energymed.mediation.models import Referral
from energymed.mediation.referral_links import bears, check_consent, make_link, revoke_link
from energymed.web.mediator.case_file.done import done
from energymed.web.mediator.case_file.take_along import wished_variant
from energymed.web.shared.account_links import base_address
from energymed.web.shared.directory_names import name_with_kind
from energymed.web.shared.downloads import download
from energymed.web.shared.errors import sentence
from energymed.web.shared.letters.sheets import referral_letter
from energymed.web.shared.openings import person_read
from energymed.web.shared.permissions import requires
from energymed.web.shared.use_case import reading, use_case


@requires("cases.work")
def make(referral_id: int) -> str | Response:
    """Make a link, and show it this once."""
    case_id = read_record(reading(), Referral, referral_id).case_id
    try:
        with use_case() as ctx:
            referral, token = make_link(ctx, referral_id)
            until = referral.link.expires_at if referral.link else ctx.now
            body = name_with_kind(referral.body, referral.listed)
    except Refused as error:
        flash(sentence(error), "warning")
        return redirect(url_for("mediator.case", case_id=case_id), 303)
    return render_template(
        "mediator/case_file/referral_link.html",
        referral=read_record(reading(), Referral, referral_id),
        body=body,
        token=token,
        address=_address(token),
        until=until,
    )


@requires("cases.work")
def linked_sheet(referral_id: int) -> Response:
    """The sheet with the address at which the body answers; the link is given with the form."""
    ctx, token = reading(), request.form.get("token", "")
    referral = read_record(ctx, Referral, referral_id)
    check_consent(referral)
    if not bears(referral, token, ctx.now):
        raise Refused(N_("Ce lien ne sert plus : faites-en un autre."))
    person_read(referral.case.person_id)
    variant = wished_variant(referral.case)
    return download(*referral_letter(referral, variant, today(), _address(token)))


@requires("cases.work")
def revoke(referral_id: int) -> Response:
    """Take the link back: whoever has it is told that it serves no longer."""

    def work(ctx: Context) -> int:
        return revoke_link(ctx, referral_id).case_id

    return done(work, _("Le lien ne sert plus."))


@requires("cases.work")
def end_consent(referral_id: int) -> Response:
    """The person goes back on their consent."""

    def work(ctx: Context) -> int:
        return withdraw_consent(ctx, referral_id).case_id

    return done(work, _("C'est noté : plus rien ne part vers cet organisme."))


def _address(token: str) -> str:
    return f"{base_address().rstrip('/')}{url_for('bodies.answer', token=token)}"
