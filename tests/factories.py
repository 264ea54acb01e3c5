"""Small makers of rows for tests. Names and numbers are made up; phones are kept for fiction."""

from datetime import UTC, datetime
from itertools import count
from typing import Any

from flask_security import hash_password
from sqlalchemy.orm import Session, object_session

from energymed.accounts.models import Site, User
from energymed.accounts.practice import practice_site
from energymed.base.context import SYSTEM, Context
from energymed.cases.cutoff import mark_told
from energymed.cases.models import Case, Household, LedgerEntry, Person, Phone
from energymed.partners.models import Partner
from energymed.partners.service import add_partner

MONDAY_MORNING = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)  # 10:00 in Paris, inside the window
PASSWORD = "a-long-test-password"
_numbers = count(1)


def make_site(session: Session, code: str | None = None) -> Site:
    """A site."""
    number = next(_numbers)
    site = Site(code=code or f"site{number}", name=f"Site {number}")
    session.add(site)
    session.flush()
    return site


def make_partner(session: Session, code: str | None = None) -> Partner:
    """A partner with its three campaigns."""
    code = code or f"partner{next(_numbers)}"
    return add_partner(Context(session, SYSTEM, MONDAY_MORNING), code, code.upper())


def tell_customer(case: Case, at: datetime, *, contact_id: int | None = None) -> None:
    """The customer of a cut-off notice is told of it at that instant."""
    session = object_session(case)
    assert session is not None
    mark_told(Context(session, SYSTEM, at), case, at, contact_id=contact_id)


def make_user(
    session: Session,
    role: str = "mediator",
    *,
    site: Site | None = None,
    partner: Partner | None = None,
    password: str | None = None,
    **values: Any,
) -> User:
    """A user of `role`; a site or partner is made when the role needs one and none is given."""
    number = next(_numbers)
    if role in ("mediator", "lead") and site is None:
        site = make_site(session)
    if role == "trainee":
        site = practice_site(Context(session, SYSTEM, MONDAY_MORNING))
    if role == "partner" and partner is None:
        partner = make_partner(session)
    defaults: dict[str, Any] = {
        "email": f"{role}{number}@example.org",
        "name": f"{role.title()} {number}",
        "created_at": MONDAY_MORNING,
    }
    user = User(
        role=role,
        site_id=site.id if site else None,
        partner_id=partner.id if partner else None,
        password=hash_password(password) if password else None,
        **{**defaults, **values},
    )
    session.add(user)
    session.flush()
    return user


def make_person(
    session: Session,
    site: Site,
    partner: Partner,
    *,
    phones: tuple[str, ...] | None = None,
    household: Household | None = None,
    **values: Any,
) -> Person:
    """A person with a household; one fictional mobile number unless told otherwise."""
    number = next(_numbers)
    if household is None:
        household = Household(site_id=site.id)
        session.add(household)
        session.flush()
    defaults: dict[str, Any] = {
        "last_name": f"NOM{number}",
        "first_name": "Camille",
        "name_key": f"nom{number} camille",
        "created_at": MONDAY_MORNING,
    }
    person = Person(
        partner_id=partner.id,
        site_id=site.id,
        household_id=household.id,
        **{**defaults, **values},
    )
    numbers = phones if phones is not None else (f"+336399{80000 + number % 10000:05d}",)
    person.phones = [Phone(e164=e164, position=i) for i, e164 in enumerate(numbers, 1)]
    session.add(person)
    session.flush()
    return person


def make_case(
    session: Session,
    *,
    site: Site | None = None,
    partner: Partner | None = None,
    person: Person | None = None,
    assigned_to: User | None = None,
    debt_cents: int | None = 10_000,
    **values: Any,
) -> Case:
    """An unpaid-bill case with its opening entry; queued when assigned, else to be assigned."""
    site = site or (assigned_to.site if assigned_to else None) or make_site(session)
    partner = partner or make_partner(session)
    person = person or make_person(session, site, partner)
    defaults: dict[str, Any] = {
        "campaign_kind": "unpaid_bill",
        "reference": f"REF{next(_numbers)}",
        "opened_at": MONDAY_MORNING,
        "postal_code": "26000",
        "commune": "Valence",
        "state": "queued" if assigned_to else "to_assign",
        "queue_reason": "new" if assigned_to else None,
    }
    case = Case(
        partner_id=partner.id,
        site_id=site.id,
        person_id=person.id,
        assigned_to_id=assigned_to.id if assigned_to else None,
        debt_cents=debt_cents,
        opening_debt_cents=debt_cents,
        **{**defaults, **values},
    )
    session.add(case)
    session.flush()
    if debt_cents is not None:
        session.add(
            LedgerEntry(
                case_id=case.id,
                kind="opening",
                amount_cents=debt_cents,
                on_date=case.opened_at.date(),
                recorded_at=case.opened_at,
                source="fixture",
            )
        )
        session.flush()
    return case
