"""Use cases on sites: what one is called, where it is, whether it takes anything new."""

import re
from dataclasses import dataclass

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from energymed.accounts.models import Site, User
from energymed.base import audit
from energymed.base.context import Context
from energymed.base.errors import BadInput, Faults, NotFound, Refused
from energymed.base.i18n import N_
from energymed.base.text.folding import collapse, tidy_lines

LONGEST_NAME, LONGEST_ADDRESS = 120, 300
_DEPARTMENT = re.compile(r"0[1-9]|[1-8]\d|9[0-5]|2[AB]|97[1-8]|98[678]", re.ASCII)


@dataclass(frozen=True, slots=True)
class SiteDetails:
    """What a person may say of a site; a department is "26", "2A" or "974"."""

    name: str
    department: str = ""
    address: str = ""


def get_site(session: Session, site_id: int, *, lock: bool = False) -> Site:
    """The association's site with this id.

    Raises:
        NotFound: when there is none; that of the practice is told alike.
    """
    site = session.get(Site, site_id, with_for_update=lock, populate_existing=lock)
    if site is None or site.practice:
        raise NotFound(N_("Ce site n'existe pas, ou n'est pas le vôtre."))
    return site


def check_details(details: SiteDetails) -> SiteDetails:
    """The details tidied.

    Raises:
        BadInput: no name, a text too long or no department; with `params["field"]`, all at once.
    """
    name, address = collapse(details.name), tidy_lines(details.address)
    department = details.department.strip().upper()
    faults = Faults()
    faults.when(
        not 0 < len(name) <= LONGEST_NAME,
        BadInput(N_("Donnez un nom (%(limit)s signes au plus)."), field="name",
                 limit=LONGEST_NAME),
    )  # fmt: skip
    faults.when(
        department and not _DEPARTMENT.fullmatch(department),
        BadInput(N_("Ce département n'existe pas : écrivez 26, 2A ou 974."), field="department"),
    )
    faults.when(
        len(address) > LONGEST_ADDRESS,
        BadInput(N_("Cette adresse dépasse %(limit)s signes."), field="address",
                 limit=LONGEST_ADDRESS),
    )  # fmt: skip
    faults.tell()
    return SiteDetails(name, department, address)


def edit_site(ctx: Context, site: Site, details: SiteDetails) -> None:
    """Change what is said of a site. Errors as `check_details`."""
    tidy = check_details(details)
    before = (site.name, site.department, site.address)
    site.name, site.department, site.address = (
        tidy.name, tidy.department or None, tidy.address or None,
    )  # fmt: skip
    if (site.name, site.department, site.address) != before:
        audit.record(ctx, "site.edited", site, after={"department": site.department})
        ctx.session.flush()


def set_site_retired(ctx: Context, site: Site, *, retired: bool) -> None:
    """Let a site take nothing new any more, or again. Nothing of it is deleted."""
    if (site.retired_at is not None) != retired:
        site.retired_at = ctx.now if retired else None
        audit.record(ctx, "site.retired" if retired else "site.used_again", site)
        ctx.session.flush()


def refuse_retired_site(session: Session, site_id: int) -> None:
    """Raise Refused when a site takes nothing new: no account, no file."""
    site = session.get(Site, site_id)
    if site is not None and site.retired_at is not None:
        raise Refused(
            N_("Le site « %(site)s » est retiré : il ne prend ni compte ni fichier nouveau."),
            site=site.name,
        )


def listed_sites(*, search: str = "", retired: bool | None = None) -> Select[Site]:
    """Select of the sites whose name or code holds `search`, retired or in use when asked.

    That of the practice is none of the association's.
    """
    statement = select(Site).where(~Site.practice)
    if search:
        held = (column.icontains(search, autoescape=True) for column in (Site.name, Site.code))
        statement = statement.where(or_(*held))
    if retired is not None:
        at = Site.retired_at
        statement = statement.where(at.is_not(None) if retired else at.is_(None))
    return statement


def team_sizes(session: Session) -> dict[int, int]:
    """{site: how many accounts of it are open}."""
    rows = session.execute(
        select(User.site_id, func.count())
        .where(User.active, User.site_id.is_not(None))
        .group_by(User.site_id)
    )
    return {site_id: count for site_id, count in rows if site_id is not None}
