"""Which cases were handled: at least one attempt, exchange or act (DOMAIN §11).

`case_rows` says the same of all cases at once, from what it has read of them.
"""

from sqlalchemy import ColumnElement, or_, select

from energymed.calling.models import Contact
from energymed.cases.models import Case
from energymed.mediation.models import Act
from energymed.reporting.scope import Scope


def was_handled(scope: Scope) -> ColumnElement[bool]:
    """Condition on `Case`: in the period."""
    return _handled(scope, scope.contacts(), scope.days(Act.acted_on))


def was_handled_before(scope: Scope) -> ColumnElement[bool]:
    """Condition on `Case`: before the period."""
    return _handled(scope, scope.contacts_before(), Act.acted_on < scope.period.start)


def _handled(
    scope: Scope, contacts: ColumnElement[bool], acts: ColumnElement[bool]
) -> ColumnElement[bool]:
    contact = select(Contact.id).where(Contact.case_id == Case.id, contacts)
    act = select(Act.id).where(Act.case_id == Case.id, scope.stands(Act), acts)
    return or_(contact.exists(), act.exists())
