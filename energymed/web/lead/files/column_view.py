"""What the page of a file's columns shows: rows, options, and sentences. Pure shaping of values."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from energymed.base.i18n import N_
from energymed.intake.batches.column_choice import Clash, Counted, SeenColumn, SeenColumns
from energymed.intake.codes import FileKind
from energymed.intake.fields import AMOUNT_FIELDS, fields_of, missing_fields
from energymed.intake.mapping.profiles import Layout, LayoutChange
from energymed.intake.mapping.value_shapes import SHAPES
from energymed.web.lead.files import file_view
from energymed.web.lead.files.file_view import ProblemGroup
from energymed.web.shared.filters import ngettext

Picks = list[tuple[str, str]]  # (header, field or '') in the order of the file

PROBLEMS_SHOWN = 6
LOST_SHOWN = 8
LISTED = 12
HOW = {
    "profile": (N_("modèle enregistré"), "good"),
    "title": (N_("titre reconnu"), "good"),
    "synonym": (N_("titre proche"), "info"),
    "values": (N_("deviné d'après les valeurs"), "warning"),
    "chosen": (N_("choisi à la main"), "neutral"),
}
_NAMES = ("last_name", "full_name")
_GROUPS = {
    N_("Personne"): ("civility", "last_name", "first_name", "full_name"),
    N_("Pour la joindre"): (
        "phone_1", "phone_2", "phone_3", "email", "address", "address_extra", "postal_code",
        "commune", "postal_commune",
    ),
    N_("Dossier"): (
        "reference", "customer_reference", "contract_number", "delivery_point", "energy",
        "supplier", "energy_cheque", "comment", "method", "payment_reference",
    ),
    N_("Fourniture"): (
        "supply_state", "limited_kva", "limited_since", "cut_since", "terminated_since",
        "first_letter_on", "second_letter_on", "main_residence", "communicating_meter",
    ),
    N_("Montant et dates"): (
        "amount", "invoice_date", "due_date", "reminders_count", "cutoff_date", "cutoff_slot",
        "paid_on",
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One column of the file on the page: its place, the field picked, and what that rests on."""

    at: int
    column: SeenColumn
    field: str
    new: bool
    badge: tuple[str, str] | None
    hint: str | None


@dataclass(frozen=True, slots=True)
class LayoutMessage:
    """A changed layout in words; `tone` is a category of the `alert` component."""

    title: str
    lines: list[str]
    tone: str = "warning"


def picks_seen(seen: SeenColumns) -> Picks:
    """The fields as they are proposed."""
    return [(column.header, column.field or "") for column in seen.columns]


def picks_sent(seen: SeenColumns, form: Mapping[str, str]) -> Picks:
    """The fields as the form has them, one control a column by its place in the file."""
    allowed = fields_of(seen.batch.kind)
    return [
        (column.header, field if (field := form.get(f"column-{at}", "")) in allowed else "")
        for at, column in enumerate(seen.columns)
    ]


def rows(seen: SeenColumns, picks: Picks) -> list[Row]:
    """The columns in the order of the file."""
    change = seen.change
    new = set(change.new) if change and not change.is_another else set()
    return [
        Row(at, column, field, column.header in new, _badge(column, field), _hint(column, field))
        for at, (column, (_header, field)) in enumerate(zip(seen.columns, picks, strict=True))
    ]


def options(kind: FileKind) -> list[tuple[str, list[tuple[str, str]]]]:
    """(group, [(field, label)]) of the fields of `kind`, those it cannot do without marked."""
    required = _required(kind)
    known = fields_of(kind)

    def option(name: str) -> tuple[str, str]:
        label = _(known[name])
        return name, f"{label} *" if name in required else label

    groups = [
        (_(title), [option(name) for name in names if name in known])
        for title, names in _GROUPS.items()
    ]
    return [(title, choices) for title, choices in groups if choices]


def required_labels(kind: FileKind) -> list[str]:
    """The fields that a file of `kind` cannot do without."""
    return labels(missing_fields((), kind), kind)


def labels(names: Iterable[str], kind: FileKind) -> list[str]:
    """Fields as a person reads them."""
    known = fields_of(kind)
    return [_(known[name]) for name in names]


def checklist(mapping: Mapping[str, str], kind: FileKind) -> list[tuple[str, str | None]]:
    """(label, header or headers) of each field that `kind` cannot do without, None for none."""
    found = []
    for name in missing_fields((), kind):
        fed_by = {"last_name": _NAMES, "amount": AMOUNT_FIELDS}.get(name, (name,))
        headers = [mapping[field] for field in fed_by if field in mapping]
        found.append((_(fields_of(kind)[name]), " + ".join(headers) or None))
    return found


def problem_groups(counted: Counted | None) -> list[ProblemGroup]:
    """The most frequent problems, errors first."""
    return file_view.problem_groups(counted.problems)[:PROBLEMS_SHOWN] if counted else []


def clash_sentence(clash: Clash) -> str:
    """What is wrong with two columns, and what to do."""
    known = {**fields_of(FileKind.PAYMENTS), **fields_of(FileKind.UNPAID_BILL)}
    names = [_(known[name]) for name in clash.fields]
    if clash.code == "too_many":
        return _(
            "%(most)s colonnes au plus peuvent être additionnées : %(headers)s sont choisies.",
            most=len(AMOUNT_FIELDS),
            headers=_listed(clash.headers),
        )
    if clash.code == "whole_and_part":
        return _(
            "« %(whole)s » (colonne « %(first)s ») contient déjà « %(part)s » "
            "(colonne « %(second)s ») : gardez l'un ou l'autre.",
            whole=names[0], part=names[1], first=clash.headers[0], second=clash.headers[1],
        )  # fmt: skip
    return _(
        "« %(field)s » est choisi pour plusieurs colonnes : %(headers)s. Gardez-en une seule.",
        field=names[0],
        headers=_listed(clash.headers),
    )


def layout_message(change: LayoutChange | None, kind: FileKind) -> LayoutMessage | None:
    """What changed in the columns since the files known before."""
    if change is None:
        return None
    if change.is_another:
        line = _(
            "Colonnes disparues : %(gone)s ; nouvelles : %(new)s. Ce fichier ne ressemble pas aux "
            "précédents : vérifiez aussi le partenaire et le type choisis.",
            gone=len(change.gone),
            new=len(change.new),
        )
        return LayoutMessage(_since(change.since), [line])
    tone = "warning" if change.gone else "info"
    return LayoutMessage(_since(change.since), _differences(change, kind), tone)


def _differences(change: LayoutChange, kind: FileKind) -> list[str]:
    """What matters most first: columns gone that fed a field, others gone, new ones."""
    lost = list(change.lost.items())
    lines = [_lost(header, field, kind) for field, header in lost[:LOST_SHOWN]]
    unused = [header for header in change.gone if header not in change.lost.values()]
    unused += [header for _field, header in lost[LOST_SHOWN:]]
    if unused:
        lines.append(
            ngettext(
                "La colonne %(headers)s a disparu.",
                "Les colonnes %(headers)s ont disparu.",
                len(unused),
                headers=_listed(unused),
            )
        )
    if change.new:
        lines.append(
            ngettext(
                "La colonne %(headers)s est nouvelle.",
                "Les colonnes %(headers)s sont nouvelles.",
                len(change.new),
                headers=_listed(change.new),
            )
        )
    return lines


def layout_name(seen: SeenColumns) -> str:
    """The name under which the columns are kept unless the lead gives another."""
    if seen.known and seen.known.version:
        return seen.known.name
    kind = _(seen.batch.kind.label)
    return f"{seen.batch.partner.name} – {kind}"[:80]


def _since(layout: Layout) -> str:
    if layout.version is None:
        return _("Les colonnes ont changé depuis le fichier « %(file)s ».", file=layout.name)
    return _(
        "Les colonnes ont changé depuis le modèle « %(name)s » (version %(version)s).",
        name=layout.name,
        version=layout.version,
    )


def _required(kind: FileKind) -> set[str]:
    required = set(missing_fields((), kind))
    return required | set(_NAMES) if "last_name" in required else required


def _lost(header: str, field: str, kind: FileKind) -> str:
    return _(
        "La colonne « %(header)s » a disparu : elle donnait « %(field)s ».",
        header=header,
        field=_(fields_of(kind)[field]),
    )


def _badge(column: SeenColumn, field: str) -> tuple[str, str] | None:
    """What the choice rests on, in words, with its tone."""
    if not field:
        return None
    how = column.how if field == column.field and column.how else "chosen"
    label, tone = HOW[how]
    return _(label), tone


def _hint(column: SeenColumn, field: str) -> str | None:
    if field and column.contradicts(field):
        return _("Les valeurs n'y ressemblent pas : vérifiez.")
    if not field and column.shape:
        return _("On dirait %(what)s.", what=_(SHAPES[column.shape]))
    return None


def _listed(headers: Sequence[str]) -> str:
    shown = ", ".join(_("« %(column)s »", column=header) for header in headers[:LISTED])
    return f"{shown}, …" if len(headers) > LISTED else shown
