"""Words of a team that several leads may change: nobody's change is lost without a word."""

from collections.abc import Iterable
from hashlib import sha256

from sqlalchemy.orm import Session

from energymed.accounts.models import Site
from energymed.base.errors import Conflict
from energymed.base.i18n import N_


def locked_site(session: Session, site_id: int) -> Site:
    """The site, held until the change is saved."""
    return session.get_one(Site, site_id, with_for_update=True, populate_existing=True)


def text_version(texts: Iterable[str]) -> str:
    """Another one as soon as a text is."""
    return sha256("\0".join(texts).encode()).hexdigest()[:20]


def check_unchanged(version: str, seen_version: str | None) -> None:
    """Refuse to write over words that were not read; `seen_version` None asks for nothing.

    Raises:
        Conflict: they are others than those read.
    """
    if seen_version not in (None, version):
        raise Conflict(
            N_("Un collègue a changé ces mots pendant que vous écriviez. Les vôtres sont encore "
               "là : relisez les siens, puis enregistrez de nouveau pour les remplacer.")
        )  # fmt: skip
