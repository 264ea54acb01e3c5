"""One account: edit it, invite, help, close, open again."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from energymed.accounts import queries, service, sign_in_tries
from energymed.accounts.edits import edit_of, version_of
from energymed.accounts.listing import standings
from energymed.accounts.models import User
from energymed.base.codes import as_code
from energymed.base.errors import BadInput, Conflict, Refused
from energymed.casework import account_links, leaving
from energymed.casework.leaving import Heir
from energymed.web.admin.handing import hand_over
from energymed.web.admin.user_forms import CloseForm, EditUserForm
from energymed.web.shared.account_links import base_address
from energymed.web.shared.errors import explain, sentence
from energymed.web.shared.permissions import requires
from energymed.web.shared.use_case import reading, use_case

Answer = str | Response | tuple[str, int]


@requires("users.manage")
def user(user_id: int) -> Answer:
    """The account: what it says, to be edited, and how it stands."""
    ctx = reading()
    shown = queries.get_user(ctx.session, user_id)
    form = EditUserForm.of(shown)
    form.offer_places(ctx)
    if not form.validate_on_submit():
        return _page(shown, form, 422 if form.errors else 200)
    try:
        with use_case() as ctx:
            left = leaving.change_account(ctx, user_id, form.edit(), seen_version=form.seen.data)
    except Conflict as error:
        explain(form, error)
        now = queries.get_user(reading().session, user_id)
        form.tell_what_it_is_now(edit_of(now))
        form.seen.data = version_of(now)
        return _page(now, form, 409)
    except (BadInput, Refused) as error:
        explain(form, error)
        return _page(queries.get_user(reading().session, user_id), form, 422)
    flash(_("Le compte est enregistré."), "success")
    if left is not None:
        flash(_passed_on(left.total), "info")
    return _back(user_id)


def _page(shown: User, form: EditUserForm, status: int) -> tuple[str, int]:
    ctx = reading()
    if status == 200:
        form.seen.data = version_of(shown)
    page = render_template(
        "admin/user.html",
        user=shown,
        form=form,
        standing=standings(ctx, [shown])[shown.id],
        left=leaving.left_behind(ctx, shown.id),
    )
    return page, status


@requires("users.manage")
def close_user(user_id: int) -> Answer:
    """What somebody leaves and to whom; then the account is closed."""
    ctx = reading()
    shown = queries.get_user(ctx.session, user_id)
    form, team = CloseForm(), leaving.heirs(ctx, shown)
    form.offer(team)
    if not form.validate_on_submit():
        return _close_page(shown, form, 422 if form.errors else 200)
    heir = as_code(Heir, form.heir.data) or Heir.LEAD
    try:
        with use_case() as ctx:
            left = leaving.close_account(
                ctx, user_id, heir, form.to_id.data, seen_version=form.seen.data
            )
    except (BadInput, Conflict, Refused) as error:
        explain(form, error)
        return _close_page(queries.get_user(reading().session, user_id), form, 422)
    flash(_("Le compte est fermé."), "success")
    if left.total:
        flash(_passed_on(left.total), "info")
    return _back(user_id)


def _close_page(shown: User, form: CloseForm, status: int) -> tuple[str, int]:
    left = leaving.left_behind(reading(), shown.id)
    form.seen.data = left.version
    return render_template("admin/close_user.html", user=shown, form=form, left=left), status


def _passed_on(count: int) -> str:
    return str(ngettext("%(num)s dossier est passé à d'autres.",
                        "%(num)s dossiers sont passés à d'autres.", count))  # fmt: skip


@requires("users.manage")
def reopen_user(user_id: int) -> Response:
    """Open a closed account again; a last day that is over is forgotten."""
    with use_case() as ctx:
        service.set_active(ctx, queries.locked_user(ctx.session, user_id), True)
    flash(_("Le compte est ouvert."), "success")
    return _back(user_id)


@requires("users.manage")
def invite_user(user_id: int) -> Answer:
    """A link to choose the first password with, in place of any former one."""
    try:
        with use_case() as ctx:
            link = account_links.invite(ctx, user_id, base_address())
    except Refused as error:
        return _refused(user_id, error)
    return hand_over(link)


@requires("users.manage")
def reset_password(user_id: int) -> Answer:
    """Take password and sessions away; a link to choose a new one with."""
    try:
        with use_case() as ctx:
            link = account_links.reset_password(ctx, user_id, base_address())
    except (BadInput, Refused) as error:
        return _refused(user_id, error)
    return hand_over(link)


@requires("users.manage")
def unlock_user(user_id: int) -> Response:
    """Let somebody who mistyped the password try again at once."""
    with use_case() as ctx:
        sign_in_tries.unlock(ctx, queries.get_user(ctx.session, user_id))
    flash(_("Le compte est déverrouillé."), "success")
    return _back(user_id)


@requires("users.manage")
def reset_second_factor(user_id: int) -> Response:
    """Forget a lost second factor: the person sets a new one at the next sign-in."""
    try:
        with use_case() as ctx:
            service.reset_second_factor(ctx, queries.locked_user(ctx.session, user_id))
    except BadInput as error:
        return _refused(user_id, error)
    flash(_("Le second facteur est oublié : il sera redemandé à la connexion."), "success")
    return _back(user_id)


def _back(user_id: int) -> Response:
    return redirect(url_for("admin.user", user_id=user_id), 303)


def _refused(user_id: int, error: BadInput | Refused) -> Response:
    flash(sentence(error), "warning")
    return _back(user_id)
