"""What the page of a file shows before its import: groups with their decisions, lines, changes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from flask_babel import gettext as _

from energymed.base.i18n import N_
from energymed.cases.codes import SUPPLY_STATES
from energymed.intake.batches.preview_store import Group as KeptGroup
from energymed.intake.batches.preview_store import Summary
from energymed.intake.checking.decisions import CHOICES, NEW_PHONE, choices
from energymed.intake.codes import (
    HOLDING,
    HouseholdSign,
    ProblemCode,
    RowOutcome,
    SensitiveKind,
    Severity,
)
from energymed.intake.fields import CASE_FIELDS
from energymed.intake.importing.file_guard import STOP
from energymed.intake.importing.signals import household_note
from energymed.intake.models import Batch, PreviewRow
from energymed.intake.queries import problems_of
from energymed.intake.rows import Problem
from energymed.partners.codes import ENERGIES
from energymed.web.lead.files.file_view import PLANNED_OUTCOMES, sentence_of
from energymed.web.shared.filters import NOTHING, day, money, phone
from energymed.web.shared.paging import Page

CHANGED_SHOWN = 20
_DATES = (
    "invoice_date", "due_date", "cutoff_date", "supply_since", "first_letter_on",
    "second_letter_on",
)  # fmt: skip
_EXTRA_LABELS = {
    "debt_cents": CASE_FIELDS["amount"],
    "phone": N_("Téléphone ajouté"),
    "phone_remark": N_("Mention d'un téléphone"),
    "holder": N_("Titulaire"),
    "energy_cheque_year": N_("Campagne du chèque énergie"),
    "supply_since": N_("Fourniture réduite, coupée ou résiliée depuis le"),
}
_CODES = {"energy": ENERGIES, "supply_state": SUPPLY_STATES}
# what a decision is about, when it leaves no problem behind
_DECIDABLE: dict[str, str] = {
    ProblemCode.CONFLICTING_DUPLICATE: N_("La même référence revient avec un contenu différent."),
    ProblemCode.AMOUNT_NOT_POSITIVE: N_("Le montant est zéro sur un dossier connu."),
    NEW_PHONE: N_("Un dossier connu a un autre numéro de téléphone que celui du fichier."),
    ProblemCode.FUTURE_PAYMENT: N_("Des règlements sont datés d'un jour à venir."),
    ProblemCode.PAYMENT_PENDING: N_("Des règlements ne sont pas encore reçus."),
    ProblemCode.PAYMENT_UNCLEAR: N_(
        "Des lignes ne disent pas clairement si la somme est reçue, rejetée ou remboursée."
    ),
    ProblemCode.REVERSAL_AMBIGUOUS: N_(
        "Des rejets ou remboursements peuvent annuler plusieurs règlements du même montant."
    ),
    ProblemCode.HOLDER_CHANGED: N_("Une référence connue revient sous un autre nom."),
    ProblemCode.REFERENCE_CHANGED_SHAPE: N_(
        "Une référence ressemble à celle d'un dossier ouvert de la même personne."
    ),
    ProblemCode.HIDDEN_ROW: N_("Des lignes sont masquées dans le classeur."),
    ProblemCode.DATE_ORDER: N_("Des dates se lisent de deux façons."),
    ProblemCode.IMPLAUSIBLE_DATE: N_("Des dates sont trop lointaines pour être justes."),
    ProblemCode.BELOW_AMOUNT: N_("Des montants sont sous le seuil de la convention."),
    ProblemCode.TOO_RECENT: N_("Des dettes sont trop récentes pour la convention."),
}


@dataclass(frozen=True, slots=True)
class Group:
    """Lines with one kind of problem: how many, an example, what may be decided about them.

    `effect` is error, held, warning, decided or known; `choices` is empty where no choice is sound.
    """

    code: str
    effect: str
    count: int
    sentence: str
    example: Problem | None
    choices: dict[str, str]
    choice: str


@dataclass(frozen=True, slots=True)
class ShownRow:
    """One line of the file and what would become of it; `notes` are not problems."""

    number: int
    reference: str | None
    name: str | None
    amount_cents: int | None
    outcome: RowOutcome
    case_id: int | None
    problems: list[str]
    notes: list[str]


@dataclass(frozen=True, slots=True)
class RowFilter:
    """Which lines to show; `label` says a problem code in words."""

    outcome: str
    code: str
    codes: dict[str, str]

    @property
    def label(self) -> str:
        """The kind of problem asked for."""
        return self.codes.get(self.code, "")


@dataclass(frozen=True, slots=True)
class Change:
    """What a line would change on its case: (label, old, new), as a person reads them."""

    row: int
    reference: str | None
    case_id: int | None
    values: list[tuple[str, str, str]]


def groups(summary: Summary, batch: Batch) -> list[Group]:
    """Problems by kind, then what was or may be decided without being a problem."""
    found: dict[str, Group] = {}
    for group in summary.groups:
        sound = _sound(group, batch)
        found[f"{group.code} {group.severity}"] = Group(
            group.code, _effect(group, batch), group.count, sentence_of(group.example),
            group.example, sound, _chosen(batch, group.code, sound),
        )  # fmt: skip
    problems = {group.code for group in found.values()}
    for code, about in _DECIDABLE.items():
        count, sound = summary.concerned.get(code, 0), choices(code, batch.kind)
        if (count or code in batch.decisions) and sound and code not in problems:
            found[code] = Group(
                code, "decided", count, _(about), None, sound, _chosen(batch, code, sound)
            )
    return [*found.values(), *_households(summary)]


def _households(summary: Summary) -> Iterator[Group]:
    """What is known of the households of new lines: nothing is to be decided."""
    for sign in (HouseholdSign.REPEAT, HouseholdSign.SEVERAL):
        if count := summary.concerned.get(sign, 0):
            yield Group(sign, "known", count, _known(summary, sign), None, {}, "")


def _known(summary: Summary, sign: HouseholdSign) -> str:
    told = [sign, HouseholdSign.REPEAT_WITH_PLAN] if sign == HouseholdSign.REPEAT else [sign]
    counts = [(one, summary.concerned[one]) for one in told if one in summary.concerned]
    notes = [household_note(one, count) for one, count in counts]
    return " ".join(_(note.message) % note.params for note in notes)


def _effect(group: KeptGroup, batch: Batch) -> str:
    held = group.severity == Severity.ERROR and group.code in HOLDING
    return "held" if held and batch.decisions.get(group.code) != "reject" else group.severity


@dataclass(frozen=True, slots=True)
class Question:
    """A doubt about the whole file, and what may be decided; `stops` while nothing passes."""

    code: str
    sentence: str
    choices: dict[str, str]
    choice: str
    stops: bool


def questions(summary: Summary, batch: Batch) -> list[Question]:
    """What the file guard asks of the lead, the gravest first."""
    asked = []
    for doubt in summary.doubts:
        choice = doubt.choice(batch.decisions)
        text = _(doubt.message) % doubt.params
        asked.append(Question(doubt.code, text, CHOICES[doubt.code], choice, choice == STOP))
    return asked


def row_filter(summary: Summary, args: Mapping[str, str]) -> RowFilter:
    """What the address asks for; what makes no sense asks nothing."""
    outcome, asked = args.get("outcome", ""), args.get("code", "")
    codes: dict[str, str] = {group.code: sentence_of(group.example) for group in summary.groups}
    codes |= {code: _(text) for code, text in _DECIDABLE.items() if code in summary.concerned}
    codes |= {sign: _(sign.label) for sign in HouseholdSign if sign in summary.concerned}
    return RowFilter(
        outcome if outcome in PLANNED_OUTCOMES else "", asked if asked in codes else "", codes
    )


def shown_rows(page: Page) -> Page:
    """The same page with its lines in the shape that the screen takes."""
    return replace(page, items=[shown_row(row) for row in page.items])


def shown_row(row: PreviewRow) -> ShownRow:
    """A line of the file and what would become of it."""
    notes = [
        _("%(what)s : %(state)s", what=label, state=f"{old} → {new}")
        for label, old, new in changed(row).values
    ]
    if row.outcome == RowOutcome.DUPLICATE:
        notes = [_repeated(row)]
    notes += [_(sign.label) for sign in HouseholdSign if sign in _signs(row)]
    return ShownRow(
        number=row.row_number,
        reference=row.reference,
        name=row.name,
        amount_cents=row.amount_cents,
        outcome=row.outcome,
        case_id=row.case_id,
        problems=[sentence_of(problem) for problem in problems_of(row)],
        notes=notes,
    )


def _signs(row: PreviewRow) -> set[str]:
    """What is known of the household of a line; a plan that ran says all."""
    signs = {code for code in row.codes.split() if code in HouseholdSign.labels()}
    return signs - {HouseholdSign.REPEAT} if HouseholdSign.REPEAT_WITH_PLAN in signs else signs


def changed(row: PreviewRow) -> Change:
    """The values that a line would replace."""
    items: list[list[Any]] = (row.changes or {}).get("items", [])
    values = [(label(name), shown(name, old), shown(name, new)) for name, old, new in items]
    return Change(row.row_number, row.reference, row.case_id, values)


def not_read(summary: Summary) -> list[str]:
    """What the file holds and is left aside, one sentence each: private columns, other sheets."""
    left_out = [
        _(
            "La colonne « %(column)s » n'est pas lue : ses données (%(kind)s) ne sont jamais "
            "conservées.",
            column=header,
            kind=_(SensitiveKind(kind).label),
        )
        for header, kind in summary.left_out.items()
    ]
    return left_out + [
        _(
            "La feuille « %(sheet)s » du classeur n'est pas lue : si ses lignes sont à importer "
            "aussi, enregistrez-la dans un fichier à part.",
            sheet=name,
        )
        for name in summary.other_sheets
    ]


def concluded(summary: Summary) -> list[str]:
    """What the reader concluded about the whole file, one sentence each."""
    return [_(note.message) % note.params for note in summary.notes]


def shown(field: str, value: Any) -> str:
    """A value of a case, as a check keeps it, as a person reads it."""
    if value is None or value == "":
        return NOTHING
    if isinstance(value, bool):
        return _("oui") if value else _("non")
    if field.endswith("_cents"):
        return money(value)
    if field == "phone":
        return phone(value)
    if field in _DATES:
        return day(date.fromisoformat(value))
    labels = _CODES.get(field, {})
    return _(labels[value]) if value in labels else str(value)


def label(field: str) -> str:
    """What a field is called."""
    return _({**CASE_FIELDS, **_EXTRA_LABELS}[field])


def _sound(group: KeptGroup, batch: Batch) -> dict[str, str]:
    """What may be decided: nothing, where a usual warning rejects because the value is required."""
    found = choices(group.code, batch.kind)
    required = group.severity == Severity.ERROR and "leave_out" in found
    return {} if required and batch.decisions.get(group.code) != "leave_out" else found


def _repeated(row: PreviewRow) -> str:
    if row.first_row is None:
        return _("Déjà enregistré par un fichier précédent.")
    if ProblemCode.CONFLICTING_DUPLICATE in row.codes:
        return _("La ligne %(row)s, plus récente, compte à sa place.", row=row.first_row)
    return _("Déjà dit à la ligne %(row)s.", row=row.first_row)


def _chosen(batch: Batch, code: str, sound: Mapping[str, str]) -> str:
    return batch.decisions.get(code) or next(iter(sound), "")
