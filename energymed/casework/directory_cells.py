"""The columns of a file of the directory: their titles, and how each cell is read."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Any

from energymed.base.dates import parse_date
from energymed.base.errors import BadInput, DomainError
from energymed.base.i18n import N_
from energymed.base.money import parse_cents
from energymed.base.text.folding import fold
from energymed.mediation.aids import DOCUMENTS
from energymed.mediation.codes import FUND_FILERS
from energymed.partners.codes import Certainty

_LOST_ZERO = re.compile(r"[1-9]\d{8}", re.ASCII)  # a telephone number that was taken for a number
# field → titles, the first of which is that of our own file
TITLES: dict[str, tuple[str, ...]] = {
    "kind": (N_("Type"), "genre", "catégorie", "kind"),
    "name": (N_("Nom"), "intitulé", "name", "fonds", "organisme"),
    "department": (N_("Département"), "dpt", "dept", "department"),
    "commune": (N_("Commune"), "ville", "town"),
    "phone": (N_("Téléphone"), "tél", "phone"),
    "email": (N_("E-mail"), "mail", "courriel", "adresse e-mail", "email"),
    "address": (N_("Adresse"), "address"),
    "website": (N_("Site internet"), "site", "web", "site web", "website"),
    "hours": (N_("Horaires"), "hours", "opening hours"),
    "documents": (N_("Pièces"), "pièces demandées", "documents", "papers"),
    "valid_from": (N_("Valable du"), "valable à partir du", "valid from"),
    "valid_until": (N_("Valable jusqu'au"), "fin", "valid until"),
    "checked_on": (N_("Vérifié le"), "dernière vérification", "checked on", "last checked on"),
    "certainty": (N_("Certitude"), "certainty"),
    "source": (N_("Source"),),
}
FUND_TITLES: dict[str, tuple[str, ...]] = {
    "ceiling_cents": (N_("Plafond de ressources"), "plafond", "resources ceiling", "ceiling"),
    "ceiling_basis": (N_("Plafond mesuré par"), "base du plafond", "ceiling measured by"),
    "least_cents": (N_("Montant minimum"), "minimum", "smallest amount"),
    "most_cents": (N_("Montant maximum"), "maximum", "largest amount"),
    "own_share": (N_("Part de la personne (%)"), "reste à charge", "own share"),
    "loan_share": (N_("Part de prêt (%)"), "prêt", "loan share"),
    "times_a_year": (N_("Fois par an"), "times a year"),
    "contract_months": (N_("Contrat clos depuis (mois)"), "contrat clos", "contract ended within"),
    "filed_by": (N_("Qui dépose"), "dépôt par", "who files"),
}


def titles_of(side: str) -> dict[str, tuple[str, ...]]:
    """{field: its titles} of a file of funds or of bodies."""
    return {**TITLES, **FUND_TITLES} if side == "fund" else TITLES


def read_cell(name: str, text: str, kinds: Mapping[str, str]) -> Any:
    """What a cell of a column says.

    Args:
        kinds: {code: label} of the kinds of row that there are.

    Raises:
        BadInput: it cannot be read; with `params["field"]`.
    """
    with _named(name):
        if name == "kind":
            return _kind(text, kinds)
        return READERS.get(name, str)(text)


@contextmanager
def _named(name: str) -> Iterator[None]:
    """Let an error of a cell name its column."""
    try:
        yield
    except DomainError as error:
        error.params["field"] = name
        raise


def _kind(text: str, kinds: Mapping[str, str]) -> str:
    words = _by_word(kinds)
    if fold(text) not in words:
        raise BadInput(
            N_("« %(kind)s » n'est pas connu. Types connus : %(known)s."),
            kind=text, known=", ".join(kinds.values()),
        )  # fmt: skip
    return words[fold(text)]


def _by_word(labels: Mapping[str, str]) -> dict[str, str]:
    """{folded word: code}: a code and its label both name it."""
    return {fold(word): code for code, label in labels.items() for word in (code, label)}


def _day(text: str) -> date | None:
    try:
        return parse_date(text) if text else None
    except ValueError:
        raise BadInput(N_("Cette date ne se lit pas : « %(text)s »."), text=text) from None


def _cents(text: str) -> int | None:
    try:
        return parse_cents(text) if text else None
    except ValueError:
        raise BadInput(N_("Ce montant ne se lit pas : « %(text)s »."), text=text) from None


def _whole(text: str) -> int | None:
    plain = text.removesuffix("%").strip()
    if not plain:
        return None
    if not (plain.isascii() and plain.isdigit() and len(plain) < 5):
        raise BadInput(N_("Ce nombre ne se lit pas : « %(text)s »."), text=text)
    return int(plain)


def _one_of(labels: Mapping[str, str]) -> Callable[[str], str]:
    words = _by_word(labels)

    def read_code(text: str) -> str:
        if text and fold(text) not in words:
            raise BadInput(
                N_("« %(text)s » ne se lit pas. Valeurs connues : %(known)s."),
                text=text, known=", ".join(labels),
            )  # fmt: skip
        return words[fold(text)] if text else ""

    return read_code


def _papers(text: str) -> tuple[str, ...]:
    read_one = _one_of(DOCUMENTS)
    parts = [part.strip() for part in text.replace(";", ",").replace("|", ",").split(",")]
    return tuple(read_one(part) for part in parts if part)


def _certainty(text: str) -> str:
    code = text.strip().upper()[:2].strip()
    if code and code not in tuple(Certainty):
        raise BadInput(
            N_("« %(text)s » ne se lit pas. Valeurs connues : %(known)s."),
            text=text, known=", ".join(Certainty),
        )  # fmt: skip
    return code


READERS: dict[str, Callable[[str], Any]] = {
    "documents": _papers,
    "certainty": _certainty,
    "phone": lambda text: f"0{text}" if _LOST_ZERO.fullmatch(text) else text,
    "filed_by": _one_of(FUND_FILERS),
    **dict.fromkeys(("valid_from", "valid_until", "checked_on"), _day),
    **dict.fromkeys(("ceiling_cents", "least_cents", "most_cents"), _cents),
    **dict.fromkeys(("own_share", "loan_share", "times_a_year", "contract_months"), _whole),
}
