"""What an indicator is asked about: partner, kind, site, period (DOMAIN §11)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, select, true
from sqlalchemy.sql.elements import SQLCoreOperations

from energymed.base.db.as_of import known, stands
from energymed.base.periods import Period
from energymed.calling.eligibility.attempts import took_place
from energymed.calling.models import Contact
from energymed.cases.models import Case
from energymed.partners.models import Partner


@dataclass(frozen=True, slots=True)
class Scope:
    """Bounds of a question; None means all, but what was done for practice.

    `as_of`: as was known just before this instant; None for what is known now.
    """

    period: Period
    partner_id: int | None = None
    kind: str | None = None
    site_id: int | None = None
    as_of: datetime | None = None

    def cases(self) -> ColumnElement[bool]:
        """Condition on `Case`: of this partner, kind and site."""
        wanted = (
            (Case.partner_id, self.partner_id),
            (Case.campaign_kind, self.kind),
            (Case.site_id, self.site_id),
        )
        asked = (column == value for column, value in wanted if value is not None)
        return and_(true(), self.counted(Case.partner_id), *asked)

    def counted(self, partner_id: SQLCoreOperations[int]) -> ColumnElement[bool]:
        """Condition on a partner: not that of the practice, when it is not asked for by itself."""
        if self.partner_id is not None:
            return true()
        return partner_id.not_in(select(Partner.id).where(Partner.practice))

    def contacts(self) -> ColumnElement[bool]:
        """Condition on `Contact`: in the period, not crossed out, not a technical incident."""
        return and_(self.times(Contact.started_at), took_place(self.as_of))

    def contacts_before(self) -> ColumnElement[bool]:
        """Condition on `Contact`: before the period, else as `contacts`."""
        return and_(Contact.started_at < self.period.bounds[0], took_place(self.as_of))

    def stands(self, model: Any) -> ColumnElement[bool]:
        """Condition on `Act` or `Contact`: noted, and not crossed out."""
        return stands(model, self.as_of)

    def known(self, recorded_at: Any) -> ColumnElement[bool]:
        """Condition on when something was recorded."""
        return known(recorded_at, self.as_of)

    def times(self, column: SQLCoreOperations[Any]) -> ColumnElement[bool]:
        """Condition on an instant: in the period."""
        start, end = self.period.bounds
        return and_(column >= start, column < end)

    def days(self, column: SQLCoreOperations[Any]) -> ColumnElement[bool]:
        """Condition on a civil date: in the period."""
        return column.between(self.period.start, self.period.end)
