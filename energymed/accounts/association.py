"""The association itself: its name, the number that people see, and whether it is set up."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.accounts.codes import Role
from energymed.accounts.models import Association, User
from energymed.base import audit
from energymed.base.context import Context
from energymed.base.db.adding import inserting
from energymed.base.errors import BadInput, Faults
from energymed.base.i18n import N_
from energymed.base.phones import to_e164
from energymed.base.text.folding import collapse

LONGEST_NAME = 80  # as long as a message's signature may be
NOT_A_NUMBER = N_("Ce numéro ne se lit pas : écrivez 04 65 71 00 02.")


def association(session: Session) -> Association | None:
    """The one row; None in an installation that was never given a name."""
    return session.get(Association, 1)


def set_association(ctx: Context, name: str, phone: str) -> Association:
    """Say what the association is called, and which number people see and call back.

    The row is held until the transaction ends: of two who set up at once, the second waits here.

    Raises:
        BadInput: no name, too long a one, or no number; with `params["field"]`, all at once.
    """
    name, number = collapse(name), to_e164(phone)
    faults = Faults()
    faults.when(
        not 0 < len(name) <= LONGEST_NAME,
        BadInput(
            N_("Donnez le nom de l'association (%(limit)s signes au plus)."),
            field="association", limit=LONGEST_NAME,
        ),
    )  # fmt: skip
    faults.when(number is None, BadInput(NOT_A_NUMBER, field="phone"))
    faults.tell()
    made = inserting(ctx.session, Association).values(id=1, name=name, phone=number or "")
    ctx.session.execute(made.on_conflict_do_nothing())
    found = ctx.session.get_one(Association, 1, with_for_update=True, populate_existing=True)
    found.name, found.phone = name, number or ""
    audit.record(ctx, "association.set", found)
    ctx.session.flush()
    return found


def known_of(session: Session, name: str, email: str) -> tuple[str, ...]:
    """What is known of somebody, and so makes no secret: name, e-mail, association."""
    found = association(session)
    return (name, email, *([found.name] if found else []))


def end_set_up(ctx: Context) -> None:
    """Leave the set-up pages for good. Safe to repeat."""
    found = association(ctx.session)
    if found is not None and found.set_up_at is None:
        found.set_up_at = ctx.now
        audit.record(ctx, "association.set_up", found)
        ctx.session.flush()


def has_administrator(session: Session) -> bool:
    """Whether somebody can administer this installation, also with an account that is closed."""
    return session.scalar(select(User.id).where(User.role == Role.ADMIN).limit(1)) is not None


def has_accounts(session: Session) -> bool:
    """Whether anybody at all has an account."""
    return session.scalar(select(User.id).limit(1)) is not None


def is_set_up(session: Session) -> bool:
    """Whether there is an administrator and nothing of the set-up pages is left to do.

    An installation that was made by single commands never had any.
    """
    found = association(session)
    return has_administrator(session) and (found is None or found.set_up_at is not None)
