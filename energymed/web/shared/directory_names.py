"""How a row of the directory is named on the desks."""

from typing import Protocol

from flask_babel import gettext as _

from energymed.mediation.codes import Body, Fund
from energymed.mediation.directory_models import AidFund, SocialBody

# a national row has the name of its kind
KINDS = {each.label for family in (Fund, Body) for each in family}


class Named(Protocol):
    """What has a name and a place."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def commune(self) -> str | None:
        """Its commune, if it is there for one."""


def own_name(row: Named) -> str:
    """The name of a row; a national one is named in the reader's language."""
    return _(row.name) if row.name in KINDS else row.name


def entry_name(row: Named) -> str:
    """The name of a row, with the commune that it does not say itself."""
    name = own_name(row)
    told = not row.commune or row.commune.casefold() in name.casefold()
    return name if told else f"{name} · {row.commune}"


def name_with_kind(kind: Fund | Body, row: AidFund | SocialBody | None) -> str:
    """What was chosen: its kind, and the name of the row where that says more."""
    label = _(kind.label)
    return label if row is None or row.name == kind.label else f"{entry_name(row)} ({label})"
