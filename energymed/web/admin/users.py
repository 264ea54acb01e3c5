"""Accounts: the list, and a new one."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from energymed.accounts import listing, queries, service
from energymed.accounts.codes import AccountState, Role
from energymed.accounts.listing import ACCOUNTS, AccountFilter
from energymed.base.errors import BadInput, Refused
from energymed.casework import account_links
from energymed.web.admin.handing import hand_over
from energymed.web.admin.user_forms import NewUserForm
from energymed.web.shared.account_links import base_address
from energymed.web.shared.errors import explain
from energymed.web.shared.list_filters import ListFilters, filters_now, keep_search, kept_search
from energymed.web.shared.paging import page_number, paginate
from energymed.web.shared.permissions import requires
from energymed.web.shared.use_case import reading, use_case

SEARCH = "user_search"


@requires("users.manage")
def home() -> Response:
    """The desk opens on the accounts."""
    return redirect(url_for("admin.users"))


@requires("users.manage")
def users() -> str:
    """Every account, searched by name or e-mail, filtered by role, site and state."""
    ctx, given = reading(), ListFilters()
    sites = queries.sites(ctx)
    asked = AccountFilter(
        text=kept_search(SEARCH),
        role=given.one_of("role", Role.labels()),
        site_id=given.number("site", [site.id for site in sites]),
        state=given.one_of("state", AccountState.labels()),
        sort=given.sort(ACCOUNTS),
    )
    page = paginate(ctx.session, listing.accounts(ctx, asked), page_number())
    return render_template(
        "admin/users.html",
        page=page,
        standings=listing.standings(ctx, page.items),
        roles=Role.labels(),
        states=AccountState.labels(),
        sites=sites,
        asked=asked,
        kept=filters_now(),
    )


@requires("users.manage")
def search_users() -> Response:
    """Keep the name or e-mail searched for, out of the address."""
    return keep_search(SEARCH, "admin.users")


@requires("users.manage")
def new_user() -> str | Response | tuple[str, int]:
    """Open an account; without a password its owner is invited to choose one."""
    form, link = NewUserForm(), None
    form.offer_places(reading())
    if not form.validate_on_submit():
        return render_template("admin/new_user.html", form=form), 422 if form.errors else 200
    try:
        with use_case() as ctx:
            user = service.add_user(ctx, form.account(ctx.session))
            ctx.session.flush()
            if user.password is None:
                link = account_links.invite(ctx, user.id, base_address())
    except (BadInput, Refused) as error:
        explain(form, error)
        return render_template("admin/new_user.html", form=form), 422
    if link is not None:
        return hand_over(link)
    flash(_("Le compte est ouvert. Transmettez le mot de passe de vive voix."), "success")
    return redirect(url_for("admin.users"))
