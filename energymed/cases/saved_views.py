"""Lists of cases kept under a name: one's own, and those that a colleague shares with the site."""

import re
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import joinedload

from energymed.accounts.scope import check_author
from energymed.base import audit
from energymed.base.context import Context
from energymed.base.errors import BadInput, NotFound, Refused
from energymed.base.i18n import N_
from energymed.base.text.folding import collapse
from energymed.base.text.free_text import check_words
from energymed.cases.codes import CaseState
from energymed.cases.queries import CASES
from energymed.cases.saved_view_models import SavedView
from energymed.partners.codes import CampaignKind

SORTS_KEPT = {sign + name for name in CASES.sorts for sign in ("", "-")} - {CASES.usual}
KEPT: dict[str, Collection[str]] = {  # what a view keeps of a list, and which values make sense
    "all": ("1",),
    "state": CaseState.labels(),
    "kind": CampaignKind.labels(),
    "sort": SORTS_KEPT,
}
NO_FILTER = {"all", "sort"}  # kept with the filters, and none by themselves
PARTNER = re.compile(r"[0-9]{1,9}")
LONGEST_NAME = 40
MOST = 20  # views of one person


def filters_of(asked: Mapping[str, str]) -> dict[str, str]:
    """What a view keeps of the filters of an address: those that say something."""
    found = {name: asked[name] for name, known in KEPT.items() if asked.get(name) in known}
    if PARTNER.fullmatch(asked.get("partner", "")):
        found["partner"] = asked["partner"]
    return found


def views_of(ctx: Context) -> Sequence[SavedView]:
    """The views that the actor may open: their own first, then the site's, by name."""
    mine = SavedView.owner_id == ctx.actor.user_id
    statement = (
        select(SavedView)
        .where(_open_to(ctx))
        .options(joinedload(SavedView.owner, innerjoin=True))
        .order_by(mine.desc(), func.lower(SavedView.name), SavedView.id)
    )
    return ctx.session.scalars(statement).all()


def get_view(ctx: Context, view_id: int) -> SavedView:
    """One view.

    Raises:
        NotFound: there is none, or it is a colleague's own or another site's.
    """
    found = ctx.session.scalar(select(SavedView).where(SavedView.id == view_id, _open_to(ctx)))
    if found is None:
        raise NotFound(N_("Cette vue n'existe pas, ou plus."))
    return found


def save_view(
    ctx: Context, name: str, asked: Mapping[str, str], *, shared: bool = False
) -> SavedView:
    """Keep a filtered list under a name; the same name again is the same view, changed.

    Raises:
        BadInput: no name, one that is too long or holds what is never kept, or nothing filtered.
        Refused: no site, or too many views.
    """
    name, filters = collapse(name), filters_of(asked)
    if ctx.actor.site_id is None or ctx.actor.user_id is None:
        raise Refused(N_("Une vue se garde depuis un compte de site."))
    _check(name, filters)
    view = _of_name(ctx, name)
    before = {"filters": view.filters, "shared": view.shared} if view else None
    if view is None:
        _check_room(ctx)
        view = SavedView(
            site_id=ctx.actor.site_id, owner_id=ctx.actor.user_id, name=name, made_at=ctx.now
        )
        ctx.session.add(view)
    view.filters, view.shared = filters, shared
    ctx.session.flush()
    after = {"filters": filters, "shared": shared}
    audit.record(ctx, "view.saved", view, before=before, after=after)
    return view


def delete_view(ctx: Context, view_id: int) -> None:
    """Take a view away; one that is shared also by a lead.

    Raises:
        NotFound: there is none that the actor may open.
        Refused: it is a colleague's.
    """
    view = get_view(ctx, view_id)
    check_author(ctx.actor, view.owner_id)
    before = {"filters": view.filters, "shared": view.shared}
    audit.record(ctx, "view.deleted", view, before=before)
    ctx.session.delete(view)
    ctx.session.flush()


def _open_to(ctx: Context) -> ColumnElement[bool]:
    """Of the actor's site, and theirs or shared."""
    theirs = or_(SavedView.owner_id == ctx.actor.user_id, SavedView.shared)
    return and_(SavedView.site_id == ctx.actor.site_id, theirs)


def _of_name(ctx: Context, name: str) -> SavedView | None:
    """The actor's view of this name."""
    return ctx.session.scalar(
        select(SavedView).where(SavedView.owner_id == ctx.actor.user_id, SavedView.name == name)
    )


def _check(name: str, filters: Mapping[str, str]) -> None:
    if not name:
        raise BadInput(N_("Donnez un nom à la vue."), field="name")
    if len(name) > LONGEST_NAME:
        raise BadInput(
            N_("Le nom d'une vue a %(most)s caractères au plus."), most=LONGEST_NAME, field="name"
        )
    check_words(name, "name", most=LONGEST_NAME)
    if not filters.keys() - NO_FILTER:
        raise BadInput(N_("Choisissez d'abord un filtre : une vue est une liste filtrée."))


def _check_room(ctx: Context) -> None:
    own = select(func.count()).select_from(SavedView)
    count = ctx.session.scalar(own.where(SavedView.owner_id == ctx.actor.user_id)) or 0
    if count >= MOST:
        raise Refused(N_("Vous gardez déjà %(most)s vues : supprimez-en une d'abord."), most=MOST)
