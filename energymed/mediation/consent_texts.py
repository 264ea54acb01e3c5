"""What is read to a person before a referral: what is passed on, to whom, why, how to say no.

An administrator writes the words; each change is a new version, and a referral keeps which one was
read. What depends on the referral stands in them by name (`PLACES`).
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from energymed.base import audit
from energymed.base.context import Context
from energymed.base.errors import BadInput, Conflict, Faults
from energymed.base.i18n import N_
from energymed.base.text.folding import collapse, visible
from energymed.base.text.free_text import refuse_sensitive
from energymed.mediation.codes import ReferralMode
from energymed.mediation.referral_models import ConsentText

LONGEST = 1000  # characters, as the column holds them
PLACES = {
    "organisme": N_("l'organisme choisi"),
    "motif": N_("le motif de l'orientation"),
    "transmis": N_("ce qui est transmis, selon le mode choisi"),
}
FIRST_WORDS = (
    "« Je vous propose de vous adresser à {organisme}, pour ce motif : {motif}. {transmis} "
    "Vous pouvez dire non : cela ne change rien à la suite de notre échange. Vous pourrez aussi "
    "changer d'avis plus tard, il suffira de nous le dire. Êtes-vous d'accord ? »"
)
FIRST_MADE_AT = datetime(2026, 11, 30, tzinfo=UTC)
# what leaves for the body, as it is said to the person
PASSED_ON: dict[ReferralMode, str] = {
    ReferralMode.COORDINATES_GIVEN: N_(
        "Je vous donne ses coordonnées ; nous ne lui transmettons rien sur vous."
    ),
    ReferralMode.APPOINTMENT_MADE: N_(
        "Pour le rendez-vous, nous lui donnons votre nom, votre numéro de téléphone et ce motif, "
        "rien d'autre."
    ),
    ReferralMode.FILE_TRANSMITTED: N_(
        "Nous lui transmettons votre nom, vos coordonnées et ce motif, rien d'autre."
    ),
}
_PLACE = re.compile(r"\{([^{}]*)\}")


def seed_consent_text(session: Session) -> None:
    """Write the first version where there is none. Safe to repeat."""
    if session.scalar(select(ConsentText.id).limit(1)) is None:
        session.add(ConsentText(words=FIRST_WORDS, made_at=FIRST_MADE_AT))
        session.flush()


def current_text(session: Session) -> ConsentText:
    """The version that is read today."""
    return session.scalars(select(ConsentText).order_by(ConsentText.id.desc()).limit(1)).one()


def all_texts(session: Session) -> Sequence[ConsentText]:
    """Every version with who wrote it, the latest first."""
    statement = select(ConsentText).options(joinedload(ConsentText.made_by))
    return session.scalars(statement.order_by(ConsentText.id.desc())).all()


def check_version(session: Session, text_id: int | None) -> None:
    """Refuse a version that there is not.

    Raises:
        BadInput: with `params["field"]`.
    """
    if text_id is not None and session.get(ConsentText, text_id) is None:
        raise BadInput(N_("Ce texte n'existe pas : rechargez la page."), field="consent")


def write_text(ctx: Context, words: str, *, seen_id: int | None = None) -> ConsentText:
    """Let other words be read from now on; the same ones make no version.

    Args:
        seen_id: the version that was read before; None asks for no comparison.

    Raises:
        BadInput: empty, too long, a place that is missing or unknown, with `params["field"]`; all
            at once.
        Refused: the words hold what must never be kept.
        Conflict: somebody wrote a version since.
    """
    words = collapse(visible(words))
    _check(words)
    current = current_text(ctx.session)
    if seen_id is not None and seen_id != current.id:
        raise Conflict(N_("Quelqu'un a changé ce texte entre-temps : relisez-le."))
    if words == current.words:
        return current
    made = ConsentText(words=words, made_at=ctx.now, made_by_id=ctx.actor.user_id)
    ctx.session.add(made)
    ctx.session.flush()
    audit.record(ctx, "consent_text.written", made, before={"version": current.id})
    return made


def fill(words: str, *, body: str, reason: str, passed_on: str) -> str:
    """The words with what they say of one referral."""
    told = {"organisme": body, "motif": reason, "transmis": passed_on}
    return _PLACE.sub(lambda found: told.get(found[1], ""), words)


def _check(words: str) -> None:
    faults, named = Faults(), _PLACE.findall(words)
    faults.when(not words, BadInput(N_("Donnez le texte à lire."), field="words"))
    faults.when(
        len(words) > LONGEST,
        BadInput(N_("Ce texte dépasse %(most)s caractères."), field="words", most=LONGEST),
    )
    for name in PLACES if words else ():
        faults.when(
            name not in named,
            BadInput(N_("Il y manque {%(name)s}."), field="words", name=name),
        )
    left = _PLACE.sub("", words)
    faults.when(
        any(name not in PLACES for name in named) or "{" in left or "}" in left,
        BadInput(N_("Entre accolades, seulement les données proposées."), field="words"),
    )
    with faults:
        refuse_sensitive(words, "words")
    faults.tell()
