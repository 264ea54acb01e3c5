"""The small menu of the queue and of the desk: what one does just now, and the call for help."""

from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from energymed.base.codes import as_code
from energymed.calling.codes import PresenceState
from energymed.calling.presence.help_requests import ask_help, end_help, help_on, may_ask
from energymed.calling.presence.states import choose_state, state_of
from energymed.calling.queue.claims import held_case
from energymed.cases.models import Case
from energymed.cases.queries import get_case
from energymed.web.shared.permissions import may, requires
from energymed.web.shared.use_case import reading, use_case


@requires("queue.call")
def choose() -> Response | str:
    """Say what one does from now on."""
    with use_case() as ctx:
        choose_state(ctx, as_code(PresenceState, request.form.get("state")))
    return _menu()


@requires("queue.call")
def help_asked(case_id: int) -> str:
    """The menu as a piece of the desk, which asks whether the help has been ended."""
    return render_template(
        "mediator/call/_presence_menu.html", **presence_page(get_case(reading(), case_id))
    )


@requires("queue.call")
def ask(case_id: int) -> Response | str:
    """Ask the lead for help in this call."""
    with use_case() as ctx:
        ask_help(ctx, case_id)
    return _menu()


@requires("queue.call")
def end(case_id: int) -> Response | str:
    """The help is no longer needed: said by who asked for it, or by the lead who gave it."""
    with use_case() as ctx:
        own = get_case(ctx, case_id).claimed_by_id == ctx.actor.user_id
        end_help(ctx, case_id)
    if not own and may("team.see"):
        return redirect(url_for("lead.team"), 303)
    return _menu()


def presence_page(held: Case | None) -> dict[str, Any]:
    """What the menu is drawn from; `held`: the case that may be in call with the actor."""
    ctx = reading()
    mine = held if held is not None and may_ask(ctx, held) else None
    return {
        "presence": state_of(ctx),
        "presence_states": PresenceState,
        "helped_case": mine,
        "help_asked": help_on(ctx, mine.id) if mine is not None else None,
    }


def _menu() -> Response | str:
    """The menu for a script; for anybody else the page on which they were."""
    held = held_case(reading())
    if "HX-Request" in request.headers:
        return render_template(
            "mediator/call/_presence_menu.html", fresh=True, **presence_page(held)
        )
    if held is not None:
        return redirect(url_for("mediator.call", case_id=held.id), 303)
    return redirect(url_for("mediator.queue"), 303)
