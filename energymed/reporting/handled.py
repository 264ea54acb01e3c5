"""Which cases were handled in a period, as was known at an instant (DOMAIN §11)."""

from datetime import datetime

from sqlalchemy import ColumnElement, or_, select

from energymed.base.db.as_of import stands
from energymed.calling.eligibility.attempts import took_place
from energymed.calling.models import Contact
from energymed.cases.models import Case
from energymed.mediation.models import Act
from energymed.reporting.scope import Scope


def was_handled(scope: Scope, as_of: datetime | None = None) -> ColumnElement[bool]:
    """Condition on `Case`: at least one attempt or act in the period.

    Args:
        as_of: as was known just before this instant.
    """
    contact = select(Contact.id).where(
        Contact.case_id == Case.id, scope.times(Contact.started_at), took_place(as_of)
    )
    act = select(Act.id).where(Act.case_id == Case.id, stands(Act, as_of), scope.days(Act.acted_on))
    return or_(contact.exists(), act.exists())
