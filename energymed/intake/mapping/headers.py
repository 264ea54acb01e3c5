"""Map: which column feeds which field, by the partner's profile, else by synonyms."""

from collections.abc import Collection, Iterable, Mapping

from energymed.base.errors import BadInput
from energymed.base.i18n import N_
from energymed.base.text.folding import header_key
from energymed.intake.codes import CASE_FIELDS, PAYMENT_FIELDS, PAYMENTS
from energymed.intake.mapping.sensitive_titles import is_sensitive
from energymed.intake.mapping.synonyms import (
    CASE_TITLES,
    PAYMENT_TITLES,
    TITLES_KNOWN,
    canonical,
    known_title,
    phone_rank,
)
from energymed.intake.rows import HeaderMap

PHONE_FIELDS = ("phone_1", "phone_2", "phone_3")
MORE_AMOUNTS = ("amount_2", "amount_3", "amount_4", "amount_5")
AMOUNT_FIELDS = ("amount", *MORE_AMOUNTS)  # added up
# a column that holds two data, and the columns that it stands for
WHOLES = {
    "full_name": ("last_name", "first_name"),
    "postal_commune": ("postal_code", "commune"),
}
_SHOWN = 30


def unique_headers(titles: Iterable[str]) -> tuple[list[str], list[str]]:
    """Give every column its own title: a repeated one gets ' (2)', an empty one 'Colonne 3'.

    Returns the titles and those that were repeated.
    """
    headers: list[str] = []
    repeated: list[str] = []
    taken: set[str] = set()
    for position, title in enumerate(titles, 1):
        name = title or f"Colonne {position}"
        if name in taken:
            if name not in repeated:
                repeated.append(name)
            copy = 2
            while f"{name} ({copy})" in taken:
                copy += 1
            name = f"{name} ({copy})"
        taken.add(name)
        headers.append(name)
    return headers, repeated


def fields_of(kind: str) -> dict[str, str]:
    """{field: French label} that a file of `kind` can feed, in the order of the screen."""
    return PAYMENT_FIELDS if kind == PAYMENTS else CASE_FIELDS


def map_headers(
    headers: list[str], kind: str, profile: Mapping[str, str | None] | None = None
) -> HeaderMap:
    """`suggest`, refusing a file without a usable reference, name or amount column.

    Raises BadInput with a sentence that names what is missing and the headers seen.
    """
    mapping = suggest(headers, kind, profile)
    require(mapping, headers, kind)
    return mapping


def require(mapping: HeaderMap, headers: list[str], kind: str) -> None:
    """Raise BadInput when a field that `kind` cannot do without has no column."""
    if not mapping.missing:
        return
    labels = fields_of(kind)
    shown = ", ".join(headers[:_SHOWN]) + (", …" if len(headers) > _SHOWN else "")
    raise BadInput(
        N_("Aucune colonne reconnue pour : %(missing)s. En-têtes lus : %(headers)s."),
        missing=", ".join(labels[field] for field in mapping.missing),
        headers=shown,
    )


def suggest(
    headers: list[str],
    kind: str,
    profile: Mapping[str, str | None] | None = None,
    private: Collection[str] = (),
) -> HeaderMap:
    """The best mapping of `headers`, with what is missing listed and nothing raised.

    `profile` is {field: header}, compared without accents or case; a field given as None or ''
    is deliberately left without a column. Fields that the profile does not name, or whose
    header the file lacks, are matched by synonyms among the columns left. `private` are headers
    whose values must never be kept, though their titles do not say so.
    """
    allowed = fields_of(kind)
    left_out = [header for header in headers if header in private or is_sensitive(header)]
    free = [header for header in headers if header not in left_out]
    chosen: dict[str, str] = {}
    closed: set[str] = set()
    for field, wanted in (profile or {}).items():
        if field not in allowed:
            continue
        if not wanted:
            closed.add(field)
        elif header := same_header(wanted, free):
            chosen[field] = header
            free.remove(header)
    taught = set(chosen.values())
    _by_synonyms(free, kind, chosen, closed)
    if kind != PAYMENTS:
        _one_or_two(chosen)
    fields = {field: chosen[field] for field in allowed if field in chosen}
    used = set(fields.values())
    lost = {
        field: header
        for field, header in (profile or {}).items()
        if header and field in MORE_AMOUNTS and field in allowed and field not in fields
    }
    return HeaderMap(
        fields=fields,
        missing=[*_missing(fields, kind), *lost],
        unmapped=[header for header in headers if header not in used and header not in left_out],
        left_out=left_out,
        surname_first=_surname_first(fields.get("full_name")),
        how={
            field: "profile" if header in taught else _by_title(header)
            for field, header in fields.items()
        },
        lost=lost,
    )


def same_header(wanted: str, headers: Iterable[str]) -> str | None:
    """The header that is `wanted`, accents, case and punctuation aside."""
    headers = list(headers)
    if wanted in headers:
        return wanted
    key = canonical(wanted)
    return next((header for header in headers if canonical(header) == key), None)


def _by_synonyms(free: list[str], kind: str, chosen: dict[str, str], closed: set[str]) -> None:
    titles = PAYMENT_TITLES if kind == PAYMENTS else CASE_TITLES
    ranked: dict[str, list[tuple[int, int, str]]] = {}
    phones: list[tuple[int, int, str]] = []
    for position, header in enumerate(free):
        match = known_title(titles, header)
        if match:
            ranked.setdefault(match[0], []).append((match[1], position, header))
        elif kind != PAYMENTS and (rank := phone_rank(header)) is not None:
            phones.append((rank, position, header))
    for field, candidates in ranked.items():
        if field not in chosen and field not in closed:
            chosen[field] = min(candidates)[2]
    if kind != PAYMENTS:
        _phones(phones, chosen, closed)


def _phones(phones: list[tuple[int, int, str]], chosen: dict[str, str], closed: set[str]) -> None:
    open_fields = [f for f in PHONE_FIELDS if f not in chosen and f not in closed]
    for field, (_, _, header) in zip(open_fields, sorted(phones), strict=False):
        chosen[field] = header


def _one_or_two(chosen: dict[str, str]) -> None:
    """Names, and code and commune, come from two columns or from one, never from three.

    A 'Nom' without 'Prénom' beside it holds both.
    """
    for whole, parts in WHOLES.items():
        if all(part in chosen for part in parts):
            chosen.pop(whole, None)
        elif whole in chosen:
            for part in parts:
                chosen.pop(part, None)
    if "last_name" in chosen and "first_name" not in chosen:
        chosen["full_name"] = chosen.pop("last_name")


def _by_title(header: str) -> str:
    """Whether a title is one that we know word for word, or one like it."""
    return "title" if header_key(header) in TITLES_KNOWN else "synonym"


def required_fields(kind: str) -> list[str]:
    """The fields that a file of `kind` cannot do without; 'full_name' does for 'last_name'."""
    return _missing({}, kind)


def _missing(fields: dict[str, str], kind: str) -> list[str]:
    if kind == PAYMENTS:
        return [field for field in ("reference", "paid_on", "amount") if field not in fields]
    missing = [] if "reference" in fields else ["reference"]
    if not {"last_name", "full_name"} & set(fields):
        missing.append("last_name")
    if kind == "unpaid_bill" and "amount" not in fields:
        missing.append("amount")
    return missing


def _surname_first(header: str | None) -> bool | None:
    """What the title says about the order in a single name column; None when it says nothing."""
    words = canonical(header or "").split()
    if "nom" in words and "prenom" in words:
        return words.index("nom") < words.index("prenom")
    return None
