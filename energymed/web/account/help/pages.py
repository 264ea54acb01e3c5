"""The help of one's role, and of the roles that one works with."""

from flask import abort, current_app, render_template, url_for
from flask_login import current_user

from energymed.accounts.codes import Role
from energymed.base.codes import as_code
from energymed.web.account.help.common import HEADINGS
from energymed.web.account.help.guides import GUIDES, readable
from energymed.web.account.help.shapes import HEIGHT, WIDTH, Step
from energymed.web.mediator.call.keys import SINGLE
from energymed.web.shared.permissions import may, requires


@requires("account.own")
def own_help() -> str:
    """The page of the reader's role."""
    return _page(current_user.role)


@requires("account.own")
def help_of(role: str) -> str:
    """The page of another role, where the reader works with it."""
    wanted = as_code(Role, role)
    if wanted not in readable(current_user.role):
        abort(404)
    return _page(wanted)


def _page(role: Role) -> str:
    return render_template(
        "account/help.html",
        guide=GUIDES[role],
        headings=HEADINGS,
        shown=role,
        others=[(each, GUIDES[each].title) for each in readable(current_user.role)],
        key_names=SINGLE,
        address=_address,
        size=(WIDTH, HEIGHT),
    )


def _address(step: Step) -> str | None:
    """Where a step happens, when the reader may go there."""
    view = current_app.view_functions.get(step.endpoint)
    if view is None or not may(getattr(view, "permission", "")):
        return None
    return url_for(step.endpoint, **step.values)
