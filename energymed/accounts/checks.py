"""What an account must be, asked by every door that opens or edits one."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.accounts.codes import AT_A_SITE, Role
from energymed.accounts.email_address import account_address
from energymed.accounts.models import User
from energymed.base.clock import paris_date
from energymed.base.codes import as_code
from energymed.base.context import Context
from energymed.base.errors import BadInput, Refused
from energymed.base.i18n import N_
from energymed.base.text.folding import collapse, fold

LONGEST_NAME = 120
MOST_HOURS = 48  # a week, by the Code du travail, L3121-20
LONGEST_LANGUAGE, MOST_LANGUAGES = 40, 10


def free_address(session: Session, text: str, *, user_id: int | None = None) -> str:
    """The address in lower case, when no other account has it.

    Raises:
        BadInput: it is no address, or taken; with `params["field"]`.
    """
    try:
        email = account_address(text)
    except BadInput as error:
        error.params["field"] = "email"
        raise
    holder = session.scalar(select(User.id).where(User.email == email))
    if holder not in (None, user_id):
        raise BadInput(N_("Un compte existe déjà pour %(email)s."), email=email, field="email")
    return email


def checked_role(role: str, site_id: int | None, partner_id: int | None) -> Role:
    """The role, with the site or partner that it needs.

    Raises:
        BadInput: unknown role, or what it needs is missing; with `params["field"]`.
    """
    found = as_code(Role, role)
    if found is None:
        raise BadInput(N_("Rôle inconnu : %(role)s."), role=role, field="role")
    if found in AT_A_SITE and site_id is None:
        raise BadInput(N_("Ce rôle a besoin d'un site."), field="site_id")
    if found == Role.PARTNER and partner_id is None:
        raise BadInput(N_("Ce rôle a besoin d'un partenaire."), field="partner_id")
    return found


def checked_name(text: str, otherwise: str) -> str:
    """The name without needless blanks; `otherwise` when there is none.

    Raises:
        BadInput: longer than 120 characters.
    """
    name = collapse(text) or otherwise
    if len(name) > LONGEST_NAME:
        raise BadInput(N_("Le nom a %(limit)s signes au plus."), limit=LONGEST_NAME, field="name")
    return name


def checked_hours(hours: int) -> int:
    """Hours a week.

    Raises:
        BadInput: fewer than one or more than 48.
    """
    if not 1 <= hours <= MOST_HOURS:
        raise BadInput(
            N_("Les heures par semaine vont de 1 à %(most)s."), most=MOST_HOURS,
            field="weekly_hours",
        )  # fmt: skip
    return hours


def checked_languages(words: tuple[str, ...] | list[str]) -> list[str]:
    """The languages spoken besides French, each once, as typed.

    Raises:
        BadInput: more than ten, or one longer than 40 characters.
    """
    found: dict[str, str] = {}
    for word in map(collapse, words):
        if word:
            found.setdefault(fold(word) or word, word)
    if len(found) > MOST_LANGUAGES or any(len(word) > LONGEST_LANGUAGE for word in found.values()):
        raise BadInput(
            N_("Dix langues au plus, séparées par des virgules, de quarante signes chacune."),
            field="languages",
        )
    return list(found.values())


def checked_end(ctx: Context, ends_on: date | None, former: date | None = None) -> date | None:
    """The last day of work; one that is over may stay as it was.

    Raises:
        BadInput: it is over.
    """
    if ends_on is not None and ends_on != former and ends_on < paris_date(ctx.now):
        raise BadInput(N_("Le dernier jour est déjà passé : fermez le compte."), field="ends_on")
    return ends_on


def keep_an_administrator(ctx: Context, user: User) -> None:
    """Ask before an administrator is closed, given an end, or another role: another one must stay.

    The other one can sign in today and has no end date; two who close each other at once wait for
    one another.

    Raises:
        Refused: nobody else is.
    """
    if user.role != Role.ADMIN or not user.active:
        return
    rows = ctx.session.scalars(
        select(User)
        .where(User.role == Role.ADMIN, User.active)
        .order_by(User.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).all()
    if not any(one.id != user.id and one.password and one.ends_on is None for one in rows):
        raise Refused(
            N_("C'est le dernier administrateur : donnez d'abord ce rôle, sans date de fin, à "
               "quelqu'un qui s'est déjà connecté."),
        )  # fmt: skip
