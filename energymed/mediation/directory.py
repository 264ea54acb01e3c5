"""The directory of funds and bodies as an administrator edits it (DOMAIN §5, §6).

Nothing is deleted: a row ends, and what was asked of it stays linked to it.
"""

from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from typing import Any, NamedTuple, TypeVar
from urllib.parse import urlsplit

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from energymed.accounts.email_address import account_address
from energymed.base import audit
from energymed.base.clock import paris_date
from energymed.base.context import Context
from energymed.base.errors import BadInput, Conflict, DomainError, Faults, NotFound
from energymed.base.i18n import N_
from energymed.base.money import MAX_CENTS
from energymed.base.places import department
from energymed.base.text.folding import collapse, storable
from energymed.base.text.free_text import refuse_sensitive
from energymed.mediation.aids import DOCUMENTS
from energymed.mediation.codes import BODIES, FUND_FILERS, FUNDS, Body, Fund, FundFiler
from energymed.mediation.directory_models import AidFund, SocialBody
from energymed.partners.codes import Certainty

AnyRow = AidFund | SocialBody
Row = TypeVar("Row", AidFund, SocialBody)
TEXTS = {
    "name": 120, "commune": 80, "phone": 40, "email": 120, "address": 200, "website": 200,
    "hours": 200, "source": 200, "ceiling_basis": 80,
}  # fmt: skip
AMOUNTS = ("ceiling_cents", "least_cents", "most_cents")
# whole numbers with their least and most
NUMBERS = {
    "own_share": (0, 100), "loan_share": (0, 100), "times_a_year": (1, 12),
    "contract_months": (0, 60),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class BodyDetails:
    """What is said of a body; `directory_models` has the units. An empty text is not known."""

    kind: str
    name: str
    department: str = ""
    commune: str = ""
    phone: str = ""
    email: str = ""
    address: str = ""
    website: str = ""
    hours: str = ""
    documents: tuple[str, ...] = ()
    valid_from: date | None = None
    valid_until: date | None = None
    checked_on: date | None = None
    certainty: str = Certainty.P
    source: str = ""


@dataclass(frozen=True, slots=True)
class FundDetails(BodyDetails):
    """What is said of a fund, with its rules."""

    ceiling_cents: int | None = None
    ceiling_basis: str = ""
    least_cents: int | None = None
    most_cents: int | None = None
    own_share: int | None = None
    loan_share: int | None = None
    times_a_year: int | None = None
    contract_months: int | None = None
    filed_by: str = ""


class Side(NamedTuple):
    """One half of the directory: what is said of a row, its kinds."""

    details: type[FundDetails] | type[BodyDetails]
    kinds: dict[str, str]
    family: type[Fund] | type[Body]


SIDES = {
    "fund": Side(FundDetails, FUNDS, Fund),
    "body": Side(BodyDetails, BODIES, Body),
}


def side_of(details: BodyDetails) -> str:
    """ "fund" or "body"."""
    return "fund" if isinstance(details, FundDetails) else "body"


def details_of(row: AnyRow) -> BodyDetails:
    """What is said of a row, as `save_entry` takes it."""
    kind = SIDES["fund" if isinstance(row, AidFund) else "body"].details
    said = {each.name: getattr(row, each.name) for each in fields(kind)}
    empty = {name: "" for name in (*TEXTS, "department", "filed_by") if said.get(name, "") is None}
    return kind(**{**said, **empty, "documents": tuple(row.documents)})


def rows_of(session: Session, side: str, ids: Collection[int] | None = None) -> list[AnyRow]:
    """The rows of a side, the newest first; those of `ids` where they are given."""
    if side == "fund":
        return list(session.scalars(_newest_first(AidFund, ids)))
    return list(session.scalars(_newest_first(SocialBody, ids)))


def _newest_first(model: type[Row], ids: Collection[int] | None) -> Select[Row]:
    statement = select(model).order_by(model.id.desc())
    return statement if ids is None else statement.where(model.id.in_(ids))


def get_entry(ctx: Context, side: str, entry_id: int, *, lock: bool = False) -> AnyRow:
    """A row of the directory.

    Raises:
        NotFound: there is none.
    """
    session = ctx.session
    row: AnyRow | None = None
    if side == "fund":
        row = session.get(AidFund, entry_id, with_for_update=lock, populate_existing=lock)
    elif side == "body":
        row = session.get(SocialBody, entry_id, with_for_update=lock, populate_existing=lock)
    if row is None:
        raise NotFound(N_("Cette ligne de l'annuaire n'existe pas."))
    return row


def add_entry(ctx: Context, details: BodyDetails) -> AnyRow:
    """Add a fund or a body.

    Raises:
        BadInput, Refused: as `checked`.
    """
    side, said = side_of(details), checked(ctx, details)
    row: AnyRow = AidFund(**_columns(said)) if side == "fund" else SocialBody(**_columns(said))
    ctx.session.add(row)
    audit.record(ctx, f"directory.{side}_added", row, after=_told(said))
    ctx.session.flush()
    return row


def save_entry(ctx: Context, entry_id: int, details: BodyDetails, *, seen: int) -> AnyRow:
    """Say otherwise what is said of a row; the same again changes nothing.

    Args:
        seen: the version of the row that the editor had before the eyes.

    Raises:
        NotFound: there is none.
        Conflict: somebody else has changed it since.
        BadInput, Refused: as `checked`.
    """
    side, said = side_of(details), checked(ctx, details)
    row = get_entry(ctx, side, entry_id, lock=True)
    if row.version != seen:
        raise Conflict(
            N_("Quelqu'un d'autre a modifié cette ligne entre-temps : relisez-la, puis corrigez.")
        )
    changed = [name for name, value in _columns(said).items() if getattr(row, name) != value]
    if not changed:
        return row
    before = _told(details_of(row), changed)
    for name in changed:
        setattr(row, name, _columns(said)[name])
    row.version += 1
    audit.record(ctx, f"directory.{side}_edited", row, before=before, after=_told(said, changed))
    ctx.session.flush()
    return row


def end_entry(ctx: Context, side: str, entry_id: int, last_day: date, *, seen: int) -> AnyRow:
    """Let a row be offered until a day, and no more after it. Errors as `save_entry`."""
    row = get_entry(ctx, side, entry_id)
    return save_entry(ctx, entry_id, replace(details_of(row), valid_until=last_day), seen=seen)


def checked(ctx: Context, details: BodyDetails) -> BodyDetails:
    """What is said, in one spelling.

    Raises:
        BadInput, Refused: all that makes no sense, each with `params["field"]`.
    """
    said, faults = _tidy(details), Faults()
    for error in (*_wrong_place(said, details), *_wrong_texts(said), *_wrong_days(ctx, said)):
        faults.when(True, error)
    if isinstance(said, FundDetails):
        for error in _wrong_rules(said):
            faults.when(True, error)
    for name in ("name", "address", "hours", "source", "ceiling_basis"):
        with faults:
            refuse_sensitive(getattr(said, name, ""), name)
    if said.email:
        with faults:
            _check_email(said.email)
    faults.tell()
    return said


def _tidy(details: BodyDetails) -> BodyDetails:
    texts = {
        name: collapse(storable(getattr(details, name))) for name in TEXTS if hasattr(details, name)
    }
    site = texts["website"]
    if site and "://" not in site:
        texts["website"] = f"https://{site}"
    code = department(details.department) or ""
    papers = tuple(dict.fromkeys(details.documents))
    return replace(details, **texts, department=code, documents=papers)  # type: ignore[arg-type]


def _wrong_place(said: BodyDetails, typed: BodyDetails) -> Iterator[DomainError]:
    if said.kind not in SIDES[side_of(said)].kinds:
        yield BadInput(N_("Choisissez dans la liste."), field="kind")
    if typed.department.strip() and not said.department:
        yield BadInput(
            N_("Ce département n'existe pas : écrivez son code, 26, 2A ou 974."),
            field="department",
        )
    elif said.commune and not said.department:
        yield BadInput(N_("Dites aussi le département de la commune."), field="department")


def _wrong_texts(said: BodyDetails) -> Iterator[DomainError]:
    if not said.name:
        yield BadInput(N_("Le nom manque."), field="name")
    if not said.source:
        yield BadInput(N_("Dites d'où vient cette fiche."), field="source")
    for name, most in TEXTS.items():
        if len(getattr(said, name, "")) > most:
            yield BadInput(N_("Ce texte dépasse %(most)s caractères."), field=name, most=most)
    if said.phone and sum(sign.isdigit() for sign in said.phone) < 2:
        yield BadInput(N_("Ce numéro ne se lit pas."), field="phone")
    if said.website and not _is_address(said.website):
        yield BadInput(N_("Cette adresse de site ne se lit pas."), field="website")
    if not set(said.documents) <= set(DOCUMENTS):
        yield BadInput(N_("Pièce inconnue."), field="documents")
    if said.certainty not in tuple(Certainty):
        yield BadInput(N_("Choisissez dans la liste."), field="certainty")


def _wrong_days(ctx: Context, said: BodyDetails) -> Iterator[DomainError]:
    if said.valid_from and said.valid_until and said.valid_until < said.valid_from:
        yield BadInput(N_("Ce jour précède celui d'avant."), field="valid_until")
    if said.checked_on and said.checked_on > paris_date(ctx.now):
        yield BadInput(N_("Cette date est dans le futur."), field="checked_on")


def _wrong_rules(said: FundDetails) -> Iterator[DomainError]:
    for name in AMOUNTS:
        cents = getattr(said, name)
        if cents is not None and not 0 < cents <= MAX_CENTS:
            yield BadInput(N_("Ce montant doit être positif."), field=name)
    for name, (least, most) in NUMBERS.items():
        value = getattr(said, name)
        if value is not None and not least <= value <= most:
            yield BadInput(
                N_("Un nombre de %(least)s à %(most)s."), field=name, least=least, most=most
            )
    if said.least_cents and said.most_cents and said.most_cents < said.least_cents:
        yield BadInput(N_("Le plus grand montant est sous le plus petit."), field="most_cents")
    if said.filed_by and said.filed_by not in FUND_FILERS:
        yield BadInput(N_("Choisissez dans la liste."), field="filed_by")


def _check_email(text: str) -> None:
    try:
        account_address(text)
    except BadInput as error:
        error.params["field"] = "email"
        raise


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and "." in (parts.hostname or "")


def _columns(said: BodyDetails) -> dict[str, Any]:
    """The values of the row's columns; empty texts are nothing."""
    values = {each.name: getattr(said, each.name) for each in fields(said)}
    values = {name: None if value == "" else value for name, value in values.items()}
    values["documents"] = list(said.documents)
    values["kind"] = SIDES[side_of(said)].family(said.kind)
    values["certainty"] = Certainty(said.certainty)
    if values.get("filed_by"):
        values["filed_by"] = FundFiler(values["filed_by"])
    return values


def _told(said: BodyDetails, names: list[str] | None = None) -> dict[str, Any]:
    """What the trail keeps: of texts but the codes only which were changed."""
    kept = asdict(said) if names is None else {name: getattr(said, name) for name in names}
    return {name: "…" if name in TEXTS and value else _plain(value) for name, value in kept.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value
