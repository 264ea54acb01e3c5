"""Accounts: list, open, close, and help somebody who lost their second factor."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response
from wtforms import SelectChoice

from energymed.accounts import queries, service
from energymed.accounts.codes import Role
from energymed.base.errors import BadInput, Refused
from energymed.calling.queue import claims
from energymed.partners.queries import open_partners
from energymed.web.admin.forms import NewUserForm
from energymed.web.shared.errors import sentence
from energymed.web.shared.list_filters import ListFilters, filters_now, keep_search, kept_search
from energymed.web.shared.paging import page_number, paginate
from energymed.web.shared.permissions import requires
from energymed.web.shared.sign_in import password_hash
from energymed.web.shared.use_case import reading, use_case

SEARCH = "user_search"


@requires("users.manage")
def home() -> Response:
    """The desk opens on the accounts."""
    return redirect(url_for("admin.users"))


@requires("users.manage")
def users() -> str:
    """Every account, searched by name or e-mail, filtered by role."""
    search, role = kept_search(SEARCH), ListFilters().one_of("role", Role.labels())
    statement = queries.accounts(search=search, role=role or None)
    page = paginate(reading().session, statement, page_number())
    return render_template(
        "admin/users.html",
        page=page,
        roles=Role.labels(),
        search=search,
        role=role,
        kept=filters_now(),
    )


@requires("users.manage")
def search_users() -> Response:
    """Keep the name or e-mail searched for, out of the address."""
    return keep_search(SEARCH, "admin.users")


@requires("users.manage")
def new_user() -> str | Response | tuple[str, int]:
    """Open an account."""
    ctx, form = reading(), NewUserForm()
    form.site_id.choices = [SelectChoice(s.id, s.name) for s in queries.open_sites(ctx)]
    form.partner_id.choices = [SelectChoice(p.id, p.name) for p in open_partners(ctx.session)]
    if not form.validate_on_submit():
        return render_template("admin/new_user.html", form=form), 422 if form.errors else 200
    try:
        with use_case() as ctx:
            service.add_user(ctx, _new_user(form))
    except (BadInput, Refused) as error:
        form.form_errors.append(sentence(error))
        return render_template("admin/new_user.html", form=form), 422
    flash(_("Le compte est ouvert. Transmettez le mot de passe de vive voix."), "success")
    return redirect(url_for("admin.users"))


def _new_user(form: NewUserForm) -> service.NewUser:
    spoken = (word.strip() for word in (form.languages.data or "").split(","))
    return service.NewUser(
        email=form.email.data,
        name=form.name.data,
        role=form.role.data,
        password_hash=password_hash(form.password.data),
        site_id=form.site_id.data,
        partner_id=form.partner_id.data,
        weekly_hours=form.weekly_hours.data,
        languages=tuple(word for word in spoken if word),
    )


@requires("users.manage")
def set_active(user_id: int) -> Response:
    """Close an account, or open it again."""
    active = request.form.get("active") == "1"
    with use_case() as ctx:
        user = queries.get_user(ctx.session, user_id)
        service.set_active(ctx, user, active)
        if not active:
            claims.end_call_of(ctx, user.id)
    flash(_("Le compte est ouvert.") if active else _("Le compte est fermé."), "success")
    return redirect(url_for("admin.users"))


@requires("users.manage")
def reset_second_factor(user_id: int) -> Response:
    """Forget a lost second factor: the person sets a new one at the next sign-in."""
    with use_case() as ctx:
        user = queries.get_user(ctx.session, user_id)
        service.reset_second_factor(ctx, user)
    flash(_("Le second facteur est oublié : il sera redemandé à la connexion."), "success")
    return redirect(url_for("admin.users"))
