"""Reading along: the lead of the site sees the desk of a mediator who asked for help, as it is.

Nothing is written from here: no lease, no draft, no form of the call. It lasts as long as the
request for help stands.
"""

from collections.abc import Mapping
from typing import Any

from flask import render_template, request
from werkzeug.datastructures import MultiDict

from energymed.base.db import db
from energymed.calling.calls.drafts import draft_of
from energymed.calling.calls.linked_cases import may_be_settled
from energymed.calling.models import CallDraft, HelpRequest
from energymed.calling.presence.help_requests import help_on
from energymed.cases.models import Case
from energymed.cases.queries import get_case
from energymed.casework.reopen_case import reopenings
from energymed.web.mediator.call import call_form
from energymed.web.mediator.call.forms import CallForm
from energymed.web.mediator.call.typed_words import Part, typed_words
from energymed.web.mediator.case_file.cautions import cautions
from energymed.web.mediator.case_file.pictures import pictures_page
from energymed.web.mediator.case_file.running import running_page
from energymed.web.mediator.case_file.timeline import timeline
from energymed.web.shared.openings import person_read
from energymed.web.shared.permissions import actor, requires
from energymed.web.shared.use_case import reading

STOP_ASKING = 286  # htmx asks no more after it


@requires("help.give")
def read_along(case_id: int) -> str | tuple[str, int]:
    """The desk to be read, or, for its script, what is typed so far."""
    ctx = reading()
    case, asked = get_case(ctx, case_id), help_on(ctx, case_id)
    piece = "HX-Request" in request.headers
    if asked is None:
        name = "_typed_so_far.html" if piece else "reading_over.html"
        page = render_template(f"mediator/call/{name}", case=case, asked=None)
        return (page, STOP_ASKING) if piece else page
    return _typed(case, asked) if piece else _desk(case, asked)


def _typed(case: Case, asked: HelpRequest) -> str:
    draft = draft_of(reading(), case.id, asked.mediator_id)
    form = call_form.call_form(case, actor(), draft)
    parts = _parts(form, draft, call_form.page(case, form)) if draft else []
    return render_template(
        "mediator/call/_typed_so_far.html", asked=asked, draft=draft, parts=parts
    )


def _desk(case: Case, asked: HelpRequest) -> str:
    person_read(case.person_id)
    draft = draft_of(reading(), case.id, asked.mediator_id)
    form = call_form.call_form(case, actor(), draft)
    page = call_form.page(case, form)
    events = timeline(page["view"], reopenings(db.session(), case.id))
    return render_template(
        "mediator/call/reading.html",
        **page,
        asked=asked,
        draft=draft,
        parts=_parts(form, draft, page) if draft else [],
        warnings=cautions(page["view"]),
        events=events,
        **pictures_page(page["view"], events),
        on_desk=True,
        **running_page(page["view"]),
    )


def _parts(form: CallForm, draft: CallDraft, page: Mapping[str, Any]) -> list[Part]:
    """What the mediator has typed so far, in words."""
    ticked = MultiDict(draft.content).getlist("others")
    others = [
        other.reference
        for other in page["view"].running.cases
        if str(other.id) in ticked and may_be_settled(other, page["case"])
    ]
    return typed_words(form, draft.content, page["asks"], others)
