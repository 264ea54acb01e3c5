"""What new lines say of households and of the convention: signalled again, by several, below it.

Nothing of this stops an import by itself: a line outside the convention is told, and left aside
where that is decided; a household that is known is told, as a number.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from energymed.base.i18n import N_
from energymed.base.money import format_eur
from energymed.base.text.addresses import address_key
from energymed.cases.repeats import NOTHING_KNOWN, Signal, look_back
from energymed.intake.checking.decisions import Decisions
from energymed.intake.codes import HouseholdSign, ProblemCode
from energymed.intake.importing.known_cases import Target
from energymed.intake.importing.planned import PlannedCase
from energymed.intake.rows import CleanRow, MappedFile, Note, Problem
from energymed.partners.codes import CampaignKind
from energymed.partners.rulebook import load_signal_rules

HOLD = "hold"
_REPEATS = {
    "one": N_("1 ligne concerne un foyer déjà signalé récemment."),
    "many": N_("%(count)s lignes concernent un foyer déjà signalé récemment."),
}
_REPEATS_WITH_PLAN = {
    "one": N_("Dont 1 avec un échéancier en cours à la clôture."),
    "many": N_("Dont %(count)s avec un échéancier en cours à la clôture."),
}
_SEVERAL = {
    "one": N_("1 ligne concerne un foyer suivi aussi pour d'autres partenaires."),
    "many": N_("%(count)s lignes concernent un foyer suivi aussi pour d'autres partenaires."),
}
SENTENCES = {
    HouseholdSign.REPEAT: _REPEATS,
    HouseholdSign.REPEAT_WITH_PLAN: _REPEATS_WITH_PLAN,
    HouseholdSign.SEVERAL: _SEVERAL,
}


@dataclass(frozen=True, slots=True)
class _Outside:
    """Why a line is outside the convention, and the field that says it."""

    code: ProblemCode
    field: str
    params: dict[str, str | int]


class NewSignals:
    """Compares the new lines of a file with the convention, and with the households known here."""

    def __init__(self, session: Session, target: Target, mapped: MappedFile) -> None:
        self.session = session
        self.target = target
        self.mapped = mapped
        self.kind = CampaignKind(target.kind)
        self.rules = load_signal_rules(
            session, target.today, partner_id=target.partner_id, kind=self.kind
        )

    def held(self, row: CleanRow) -> tuple[ProblemCode, dict[str, str | int]] | None:
        """Why a new line is left aside, where that is decided."""
        decisions: Decisions = self.mapped.decisions
        for why in self._outside(row):
            if decisions.get(why.code) == HOLD:
                return why.code, why.params
        return None

    def warnings(self, planned: Sequence[PlannedCase]) -> Iterator[Problem]:
        """What is told of new lines that are outside the convention and imported all the same."""
        fields = self.mapped.mapping.fields
        for case in planned:
            if case.known is None:
                row = case.row
                for why in self._outside(row):
                    yield Problem(
                        row.row_number, row.reference, why.code.severity, why.code,
                        fields.get(why.field), why.params,
                    )  # fmt: skip

    def known_households(self, planned: list[PlannedCase]) -> list[PlannedCase]:
        """The same lines, the new ones with what is known of their households. One query."""
        new = [at for at, case in enumerate(planned) if case.known is None]
        told = look_back(self.session, [self._signal(planned[at]) for at in new], self.rules)
        for at, again in zip(new, told, strict=True):
            if again != NOTHING_KNOWN:
                planned[at] = planned[at]._replace(again=again)
        return planned

    def _signal(self, case: PlannedCase) -> Signal:
        target, row = self.target, case.row
        return Signal(
            target.partner_id, target.site_id, self.kind, target.now, case.person.name_key,
            row.delivery_point, address_key(row.address, row.postal_code, row.commune),
        )  # fmt: skip

    def _outside(self, row: CleanRow) -> Iterator[_Outside]:
        least, oldest = self.rules.least_debt_cents, self.rules.least_age_days
        if row.debt_cents is not None and row.debt_cents < least:
            params = {"value": format_eur(row.debt_cents), "least": format_eur(least)}
            yield _Outside(ProblemCode.BELOW_AMOUNT, "amount", {**params})
        since = row.due_date or row.invoice_date
        if not oldest or since is None or row.debt_cents is None:
            return
        days = (self.target.as_of - since).days
        if days < oldest:
            field = "due_date" if row.due_date else "invoice_date"
            yield _Outside(ProblemCode.TOO_RECENT, field, {"days": max(0, days), "least": oldest})


def signs_of(case: PlannedCase) -> list[HouseholdSign]:
    """What is told of the household of a line."""
    again = case.again
    said = {
        HouseholdSign.REPEAT: again.earlier is not None,
        HouseholdSign.REPEAT_WITH_PLAN: again.with_plan,
        HouseholdSign.SEVERAL: again.by_several,
    }
    return [sign for sign, is_so in said.items() if is_so]


def household_notes(signs: Counter[HouseholdSign]) -> list[Note]:
    """What a report says of the households of a file, one sentence each."""
    return [household_note(sign, signs[sign]) for sign in SENTENCES if signs[sign]]


def household_note(sign: HouseholdSign, count: int) -> Note:
    """The sentence that says of how many lines a sign holds."""
    said = SENTENCES[sign]
    return Note(said["one"], {}) if count == 1 else Note(said["many"], {"count": count})
