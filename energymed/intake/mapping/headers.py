"""Map: which column feeds which field, by the partner's profile, else by synonyms."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from energymed.base.errors import BadInput
from energymed.base.i18n import N_
from energymed.base.text.folding import header_key
from energymed.intake.codes import FileKind, SensitiveKind
from energymed.intake.fields import (
    MORE_AMOUNTS,
    PHONE_FIELDS,
    WHOLES,
    fields_of,
    missing_fields,
)
from energymed.intake.mapping.rejection_column import is_ours
from energymed.intake.mapping.sensitive_columns import sensitive_kind
from energymed.intake.rows import HeaderMap
from energymed.intake.synonyms import (
    CASE_TITLES,
    PAYMENT_TITLES,
    TITLES_KNOWN,
    canonical,
    known_title,
    phone_rank,
)

_SHOWN = 30


def map_headers(
    headers: list[str], kind: FileKind, profile: Mapping[str, str | None] | None = None
) -> HeaderMap:
    """`suggest`, refusing a file without a usable reference, name or amount column.

    Raises BadInput with a sentence that names what is missing and the headers seen.
    """
    mapping = suggest(headers, kind, profile)
    require(mapping, headers, kind)
    return mapping


def require(mapping: HeaderMap, headers: list[str], kind: FileKind) -> None:
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
    kind: FileKind,
    profile: Mapping[str, str | None] | None = None,
    sensitive: Mapping[str, SensitiveKind] = MappingProxyType({}),
) -> HeaderMap:
    """The best mapping of `headers`, with what is missing listed and nothing raised.

    `profile` is {field: header}, compared without accents or case; a field given as None or ''
    is deliberately left without a column. Fields that the profile does not name, or whose
    header the file lacks, are matched by synonyms among the columns left. `sensitive` are headers
    whose values must never be kept, though their titles need not say so.
    """
    allowed = fields_of(kind)
    left_out = {
        header: found
        for header in headers
        if (found := sensitive.get(header) or sensitive_kind(header))
    }
    profile = {field: header for field, header in (profile or {}).items() if field in allowed}
    free = [header for header in headers if header not in left_out]
    chosen = _by_profile(free, profile)
    taught = set(chosen.values())
    closed = {field for field, header in profile.items() if not header}
    _by_synonyms(free, kind, chosen, closed)
    if kind != FileKind.PAYMENTS:
        _one_or_two(chosen)
    fields = {field: chosen[field] for field in allowed if field in chosen}
    used = set(fields.values())
    lost = {
        field: header
        for field, header in profile.items()
        if header and field in MORE_AMOUNTS and field not in fields
    }
    return HeaderMap(
        fields=fields,
        missing=[*missing_fields(fields, kind), *lost],
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


def _by_profile(free: list[str], profile: Mapping[str, str | None]) -> dict[str, str]:
    """{field: header} as the profile says; the headers chosen are taken out of `free`."""
    chosen: dict[str, str] = {}
    for field, title in profile.items():
        if title and (header := same_header(title, free)):
            chosen[field] = header
            free.remove(header)
    return chosen


def _by_synonyms(free: list[str], kind: FileKind, chosen: dict[str, str], closed: set[str]) -> None:
    titles = PAYMENT_TITLES if kind == FileKind.PAYMENTS else CASE_TITLES
    ranked: dict[str, list[tuple[int, int, str]]] = {}
    phones: list[tuple[int, int, str]] = []
    for position, header in enumerate(free):
        match = None if is_ours(header) else known_title(titles, header)
        if match:
            ranked.setdefault(match[0], []).append((match[1], position, header))
        elif kind != FileKind.PAYMENTS and (rank := phone_rank(header)) is not None:
            phones.append((rank, position, header))
    for field, candidates in ranked.items():
        if field not in chosen and field not in closed:
            chosen[field] = min(candidates)[2]
    if kind != FileKind.PAYMENTS:
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


def _surname_first(header: str | None) -> bool | None:
    """What the title says about the order in a single name column; None when it says nothing."""
    words = canonical(header or "").split()
    if "nom" in words and "prenom" in words:
        return words.index("nom") < words.index("prenom")
    return None
