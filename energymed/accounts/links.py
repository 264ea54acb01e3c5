"""One-time links by which somebody chooses a password: an invitation, or a new password.

One mechanism for both. The token is random, kept as its hash alone, and ends with its use, with
the next link of the account, or after its days. Whoever opens the page uses nothing: programs that
read mails ahead of people do so too.
"""

from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_urlsafe

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, joinedload

from energymed.accounts.codes import LinkPurpose
from energymed.accounts.models import AccountLink, User
from energymed.accounts.sign_in_tries import forget_tries
from energymed.base import audit
from energymed.base.context import Context
from energymed.base.errors import NotFound, Refused
from energymed.base.i18n import N_

LASTS = {LinkPurpose.INVITATION: timedelta(days=7), LinkPurpose.RESET: timedelta(days=1)}
GONE = N_("Ce lien ne sert plus.")


def make_link(ctx: Context, user: User, purpose: LinkPurpose) -> str:
    """A new token for the account; the former link serves no longer.

    Returns:
        The token, which is told nowhere else.

    Raises:
        Refused: the account is closed, or its last day is over.
    """
    if not user.active or user.ended(ctx.now):
        raise Refused(N_("Ce compte est fermé : rouvrez-le d'abord."))
    token = token_urlsafe(32)
    end_link(ctx.session, user)
    ctx.session.add(
        AccountLink(
            user_id=user.id,
            purpose=purpose,
            token_hash=_hash(token),
            made_at=ctx.now,
            expires_at=ctx.now + LASTS[purpose],
        )
    )
    ctx.session.flush()
    audit.record(ctx, "user.link_made", user, after={"purpose": purpose})
    return token


def invite(ctx: Context, user: User) -> str:
    """A token to choose the first password with.

    Raises:
        Refused: the person has a password already, or the account is closed.
    """
    if user.password is not None:
        raise Refused(N_("Cette personne a déjà un mot de passe : envoyez-lui un lien pour en "
                         "choisir un nouveau."))  # fmt: skip
    return make_link(ctx, user, LinkPurpose.INVITATION)


def reset_password(ctx: Context, user: User) -> str:
    """Take an account's password and sessions away; a token to choose a new one with.

    Raises:
        Refused: the account is closed.
    """
    token = make_link(ctx, user, LinkPurpose.RESET if user.password else LinkPurpose.INVITATION)
    user.password, user.must_change_password = None, False
    user.end_sessions()
    forget_tries(ctx.session, user)
    audit.record(ctx, "user.password_reset", user)
    ctx.session.flush()
    return token


def forgotten_password(ctx: Context, email: str) -> tuple[User, str] | None:
    """The account of this address and a token for it; None when nothing is to be sent.

    The password that was forgotten serves until another one is chosen: anybody can ask for this.
    """
    user = ctx.session.scalar(select(User).where(User.email == email))
    if user is None or not user.active or user.ended(ctx.now):
        return None
    purpose = LinkPurpose.RESET if user.password else LinkPurpose.INVITATION
    return user, make_link(ctx, user, purpose)


def find_link(session: Session, token: str, now: datetime, *, lock: bool = False) -> AccountLink:
    """The link of this token.

    Raises:
        NotFound: unknown, used, replaced, over, or its account is closed: told alike.
    """
    statement = (
        select(AccountLink)
        .where(AccountLink.token_hash == _hash(token), AccountLink.expires_at > now)
        .options(joinedload(AccountLink.user, innerjoin=True))
    )
    found = session.scalar(statement.with_for_update(of=AccountLink) if lock else statement)
    if found is None or not found.user.active or found.user.ended(now):
        raise NotFound(GONE)
    return found


def use_link(ctx: Context, token: str, password_hash: str) -> User:
    """Give the account the password that its owner chose; every session of it ends.

    Raises:
        NotFound: the link serves no longer.
    """
    link = find_link(ctx.session, token, ctx.now, lock=True)
    user, purpose = link.user, link.purpose
    user.password, user.must_change_password = password_hash, False
    user.end_sessions()
    forget_tries(ctx.session, user)
    ctx.session.delete(link)
    audit.record(
        ctx.acting_as(user.as_actor()), "user.password_chosen", user, after={"purpose": purpose}
    )
    ctx.session.flush()
    return user


def end_link(session: Session, user: User) -> None:
    """The account's link, if any, serves no longer."""
    session.execute(delete(AccountLink).where(AccountLink.user_id == user.id))


def forget_expired(session: Session, now: datetime) -> None:
    """Nobody needs the links that are over; an invitation that nobody used can be sent again."""
    session.execute(delete(AccountLink).where(AccountLink.expires_at <= now))


def _hash(token: str) -> str:
    return sha256(token.encode("utf-8", "replace")).hexdigest()
