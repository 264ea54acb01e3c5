"""Texts of letters: which one a case gets, who may see and change which, and the checks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from energymed.accounts.codes import Role
from energymed.base import audit
from energymed.base.clock import paris_date
from energymed.base.codes import as_code
from energymed.base.context import Actor, Context
from energymed.base.errors import BadInput, Conflict, NotFound, Refused
from energymed.base.i18n import N_
from energymed.base.text.folding import collapse, tidy_lines
from energymed.cases.codes import NeedKind
from energymed.cases.models import Case
from energymed.cases.person_models import PersonNeed
from energymed.messages.letters.codes import LetterKind, LetterVariant
from energymed.messages.letters.models import LetterText
from energymed.messages.letters.seeds import LETTER_SEEDS
from energymed.messages.letters.texts import check_letter
from energymed.partners.codes import CampaignKind
from energymed.partners.models import Partner


@dataclass(frozen=True, slots=True)
class LetterWording:
    """A text as it was typed; an empty `partner_id` or `campaign_kind` is every one."""

    kind: str
    variant: str
    subject: str
    body: str
    partner_id: int | None = None
    campaign_kind: str = ""


def seed_letter_texts(session: Session, *, now: datetime) -> None:
    """Write the texts that are missing. Safe to repeat."""
    known = set(session.scalars(select(LetterText.code)))
    missing = {code: values for code, values in LETTER_SEEDS.items() if code not in known}
    session.add_all(
        LetterText(code=code, updated_at=now, **values) for code, values in missing.items()
    )
    session.flush()


def active_texts(session: Session) -> Sequence[LetterText]:
    """Every text that a letter may have; a few dozen rows, read once for a whole batch."""
    return session.scalars(
        select(LetterText).where(LetterText.active).order_by(LetterText.id.desc())
    ).all()


def text_for(
    texts: Sequence[LetterText], kind: LetterKind, variant: LetterVariant, case: Case
) -> LetterText:
    """The text of this case's letter: of its partner first, then its mission, then its site.

    Without one that is easy to read the usual one is taken.

    Raises:
        Refused: nobody has left a text for this kind.
    """
    fitting = [
        text
        for text in texts
        if text.kind == kind
        and text.partner_id in (None, case.partner_id)
        and text.campaign_kind in (None, case.campaign_kind)
        and text.site_id in (None, case.site_id)
    ]
    for wanted in dict.fromkeys((variant, LetterVariant.USUAL)):
        found = [text for text in fitting if text.variant == wanted]
        if found:
            return max(found, key=_how_specific)
    raise Refused(
        N_("Aucun texte n’est proposé pour ce courrier : le chef d’équipe en écrit un à la page "
           "« Messages ».")
    )  # fmt: skip


def _how_specific(text: LetterText) -> tuple[bool, bool, bool]:
    return (text.partner_id is not None, text.campaign_kind is not None, text.site_id is not None)


def read_little(ctx: Context, person_ids: Sequence[int]) -> set[int]:
    """Of these people, those who have said that they read little: they get what is easy to read."""
    return set(
        ctx.session.scalars(
            select(PersonNeed.person_id)
            .where(PersonNeed.person_id.in_(person_ids))
            .where(PersonNeed.kind == NeedKind.READS_LITTLE, PersonNeed.ended_at.is_(None))
            .where(PersonNeed.until >= paris_date(ctx.now))
        )
    )


def variant_of(ctx: Context, case: Case, wished: str | None = None) -> LetterVariant:
    """How a letter to the person of a case is worded: as wished, else by what they said."""
    variant = as_code(LetterVariant, wished)
    if variant is not None:
        return variant
    easy = case.person_id in read_little(ctx, [case.person_id])
    return LetterVariant.PLAIN if easy else LetterVariant.USUAL


def all_letter_texts(ctx: Context) -> Sequence[LetterText]:
    """The texts that the actor's site may use, or all; by kind, the general ones first."""
    statement = select(LetterText).options(
        joinedload(LetterText.site), joinedload(LetterText.partner)
    )
    if ctx.actor.role != Role.ADMIN:
        own = LetterText.site_id == ctx.actor.site_id
        statement = statement.where(or_(LetterText.site_id.is_(None), own))
    kinds, variants = list(LetterKind), list(LetterVariant)
    return sorted(
        ctx.session.scalars(statement),
        key=lambda text: (
            kinds.index(text.kind), _how_specific(text), variants.index(text.variant), text.id,
        ),
    )  # fmt: skip


def may_change_letter(actor: Actor, text: LetterText) -> bool:
    """A lead changes the texts of the site, an administrator every text."""
    return actor.role == Role.ADMIN or (text.site_id is not None and text.site_id == actor.site_id)


def get_letter_text(ctx: Context, text_id: int) -> LetterText:
    """The text, when the actor may see it.

    Raises:
        NotFound: unknown, or of another site.
    """
    found = ctx.session.get(LetterText, text_id)
    if found is None or not (found.site_id is None or may_change_letter(ctx.actor, found)):
        raise NotFound(N_("Ce texte n'existe pas, ou n'est pas de votre site."))
    return found


def add_letter_text(ctx: Context, wording: LetterWording) -> LetterText:
    """Add a text: a lead's for the site, an administrator's for all. Errors as `check_wording`."""
    site_id = ctx.actor.site_id if ctx.actor.role == Role.LEAD else None
    text = LetterText(
        site_id=site_id, updated_at=ctx.now, **check_wording(ctx.session, wording, site_id, None)
    )
    ctx.session.add(text)
    _note(ctx, text, "letter_text.added")
    return text


def change_letter_text(
    ctx: Context, text_id: int, wording: LetterWording, *, seen_version: int
) -> LetterText:
    """Change a text; letters that were printed keep theirs. Errors as `check_wording`.

    Raises:
        NotFound: unknown, or of another site.
        Refused: the actor may only read it.
        Conflict: somebody changed it since it was read.
    """
    text = _mine(ctx, text_id)
    if text.version != seen_version:
        raise Conflict(N_("Ce texte a été modifié entre-temps : rechargez la page."))
    for name, value in check_wording(ctx.session, wording, text.site_id, text_id).items():
        setattr(text, name, value)
    text.updated_at = ctx.now
    _note(ctx, text, "letter_text.changed")
    return text


def offer_letter_text(ctx: Context, text_id: int, active: bool) -> LetterText:
    """Use a text for letters, or no longer. Errors as `change_letter_text`.

    Raises:
        Refused: it is the last one of its kind that is there for everybody.
    """
    text = _mine(ctx, text_id)
    if text.active == active:
        return text
    if text.code is not None and text.variant == LetterVariant.USUAL and not active:
        raise Refused(
            N_("Ce courrier a besoin de ce texte : modifiez-le, ou écrivez-en un pour un "
               "partenaire ou une mission.")
        )  # fmt: skip
    text.active, text.updated_at = active, ctx.now
    _note(ctx, text, "letter_text.active_changed")
    return text


def check_wording(
    session: Session, wording: LetterWording, site_id: int | None, own_id: int | None
) -> dict[str, object]:
    """The columns of a text as it will be stored.

    Raises:
        BadInput: with `params["field"]` naming the form's field; also where another text is there
            for the very same letters.
        Refused: it holds a number that is never written down.
    """
    kind, variant = as_code(LetterKind, wording.kind), as_code(LetterVariant, wording.variant)
    mission = as_code(CampaignKind, wording.campaign_kind)
    for field, wrong in (
        ("kind", kind is None),
        ("variant", variant is None),
        ("campaign_kind", bool(wording.campaign_kind) and mission is None),
        ("partner_id", bool(wording.partner_id) and not session.get(Partner, wording.partner_id)),
    ):
        if wrong:
            raise BadInput(N_("Choisissez dans la liste."), field=field)
    assert kind is not None
    subject, body = collapse(wording.subject), tidy_lines(wording.body)
    check_letter(kind, subject, body)
    values = {
        "kind": kind, "variant": variant, "partner_id": wording.partner_id or None,
        "campaign_kind": mission,
    }  # fmt: skip
    same = select(LetterText.id).filter_by(site_id=site_id, **values)
    if any(other != own_id for other in session.scalars(same)):
        raise BadInput(
            N_("Un texte existe déjà pour ce courrier, ce partenaire et cette mission : "
               "modifiez-le."),
            field="kind",
        )  # fmt: skip
    return {**values, "subject": subject, "body": body}


def _mine(ctx: Context, text_id: int) -> LetterText:
    text = get_letter_text(ctx, text_id)
    if not may_change_letter(ctx.actor, text):
        raise Refused(N_("Ce texte est celui de toute l'association : seul un administrateur le "
                         "modifie. Copiez-le pour votre site."))  # fmt: skip
    ctx.session.refresh(text, with_for_update=True)
    return text


def _note(ctx: Context, text: LetterText, action: str) -> None:
    ctx.session.flush()
    after = {
        "kind": text.kind, "variant": text.variant, "active": text.active,
        "site_id": text.site_id, "partner_id": text.partner_id, "version": text.version,
    }  # fmt: skip
    audit.record(ctx, action, text, after=after)
    ctx.session.flush()
