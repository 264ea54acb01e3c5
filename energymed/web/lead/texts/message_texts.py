"""Texts of messages and who signs them: listed, written with a preview, offered or not."""

from dataclasses import replace

from flask import current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from energymed.base.context import Context
from energymed.base.errors import DomainError
from energymed.messages import compose, templates
from energymed.messages.codes import MessageChannel
from energymed.messages.letters.library import all_letter_texts, may_change_letter
from energymed.messages.models import MessageTemplate
from energymed.messages.segments import Length, measure
from energymed.messages.sending import gateway_problem, gateways
from energymed.messages.templates import Wording
from energymed.messages.texts import Facts, filled_in
from energymed.partners.codes import CampaignKind
from energymed.web.lead.texts.forms import SenderForm, TextForm
from energymed.web.lead.texts.writing import Answer, judged, offered, saved
from energymed.web.shared.errors import explain, sentence
from energymed.web.shared.filters import phone
from energymed.web.shared.permissions import actor, requires
from energymed.web.shared.use_case import reading, use_case


@requires("messages.texts")
def texts() -> str:
    """Every text that the desks may use, who signs, and which gateways are set."""
    ctx = reading()
    settings = current_app.extensions["energymed"]
    problems = {channel: gateway_problem(settings, channel) for channel in MessageChannel}
    return render_template(
        "lead/texts/texts.html",
        texts=templates.all_templates(ctx),
        senders=templates.senders(ctx),
        may_change=lambda text: templates.may_change(ctx.actor, text),
        ready=gateways(settings),
        problems={name: sentence(error) for name, error in problems.items() if error},
        letter_texts=all_letter_texts(ctx),
        may_change_letter=lambda text: may_change_letter(ctx.actor, text),
        channels=MessageChannel.labels(),
        kinds=CampaignKind.labels(),
    )


@requires("messages.texts")
def new_text() -> Answer:
    """A new text, from nothing or from another one."""
    form = TextForm()
    source = request.args.get("from", type=int)
    if source and not form.is_submitted():
        form.fill(templates.get_template(reading(), source))
    return _written(form, None)


@requires("messages.texts")
def text(text_id: int) -> Answer:
    """Change a text; one that belongs to the whole association is only read by a lead."""
    found = templates.get_template(reading(), text_id)
    form = TextForm()
    if not form.is_submitted():
        form.fill(found)
    return _written(form, found)


@requires("messages.texts")
def offer_text(text_id: int) -> Response:
    """Offer a text on the desks, or no longer."""
    return offered(lambda ctx, active: templates.set_active(ctx, text_id, active))


@requires("messages.texts")
def sender() -> Answer:
    """Who signs the messages of a site, one's own unless the address names another."""
    site_id = request.args.get("site", actor().site_id, type=int)
    if site_id is None:
        return redirect(url_for("lead.texts"))
    site, known = templates.get_sender(reading(), site_id)
    form = SenderForm()
    if known and not form.is_submitted():
        form.association.data, form.phone.data = known.association, phone(known.phone)
    if form.validate_on_submit():
        try:
            with use_case() as ctx:
                templates.set_sender(
                    ctx, site_id, form.association.data or "", form.phone.data or ""
                )
        except DomainError as error:
            explain(form, error)
        else:
            flash(_("La signature est enregistrée."), "success")
            return redirect(url_for("lead.texts"), 303)
    site, known = templates.get_sender(reading(), site_id)
    page = render_template("lead/texts/sender.html", form=form, site=site)
    return page, 422 if form.errors else 200


def _written(form: TextForm, found: MessageTemplate | None) -> Answer:
    """Save what was typed, or show it with its preview and what is wrong with it."""
    text_id = found.id if found else None
    wording, preview = form.wording(), "preview" in request.form
    if form.validate_on_submit() and not preview:
        if done := saved(form, lambda ctx: _save(ctx, wording, text_id, form)):
            return done
    elif preview:
        judged(form, lambda: _check(wording))
    if text_id is not None:
        found = templates.get_template(reading(), text_id)
    page = render_template(
        "lead/texts/text.html",
        form=form,
        text=found,
        may_change=found is None or templates.may_change(actor(), found),
        sample=_sample(wording),
        places=wording.sample.places,
    )
    return page, 422 if form.errors and not preview else 200


def _save(ctx: Context, wording: Wording, text_id: int | None, form: TextForm) -> None:
    if text_id is None:
        templates.add_template(ctx, wording)
    else:
        templates.change_template(ctx, text_id, wording, seen_version=form.seen_version())


def _check(wording: Wording) -> None:
    """As it would be saved; its name may come last."""
    templates.check(reading().session, replace(wording, name=wording.name or "…"))


def _sample(wording: Wording) -> tuple[str, str, Length | None] | None:
    """The text with the names of one's own site in it: subject, body, length of an SMS."""
    facts = _facts(wording.sample)
    try:
        subject = filled_in(wording.channel, wording.subject, facts)
        body = filled_in(wording.channel, wording.body, facts)
    except DomainError:
        return None
    return subject, body, measure(body) if wording.channel == MessageChannel.SMS else None


def _facts(sample: Facts) -> Facts:
    for site, signs in templates.senders(reading()):
        if signs is not None:
            return replace(
                sample,
                association=signs.association,
                site=site.name,
                phone=compose.readable(signs.phone),
            )
    return sample
