"""What is noted most often, at one key each, in neutral words: typing is the exception.

A site may have phrases of its own at these keys, which no result or act of the desk has.
"""

from collections.abc import Collection, Sequence

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from energymed.base import audit
from energymed.base.context import Context
from energymed.base.errors import BadInput, Refused
from energymed.base.i18n import N_
from energymed.base.text.delicate_words import delicate_words
from energymed.base.text.folding import collapse
from energymed.base.text.free_text import check_words
from energymed.calling.models import NotePhrase
from energymed.calling.scripts.script_checks import check_unchanged, locked_site, text_version

KEYS = ("f", "j", "q", "x", "y", "z")
DEFAULT_PHRASES = (
    N_("Difficulté passagère."),
    N_("Baisse récente de revenus."),
    N_("Demande une explication de la facture."),
    N_("Dit avoir payé : à vérifier."),
    N_("Souhaite garder le même interlocuteur."),
    N_("Échange par un proche qui traduit."),
)
LONGEST_PHRASE = 80


def phrases_of(session: Session, site_id: int | None) -> tuple[list[str], bool]:
    """The phrases of a site, one for each of `KEYS` ("" at a key that has none), and whether they
    are the team's own words."""
    own = session.execute(
        select(NotePhrase.position, NotePhrase.text).where(NotePhrase.site_id == site_id)
    ).all()
    if not own:
        return list(DEFAULT_PHRASES), False
    texts = {position: text for position, text in own}
    return [texts.get(at, "") for at in range(1, len(KEYS) + 1)], True


def version_of(texts: Sequence[str], own: bool) -> str:
    """What tells whether the phrases are still those that were read."""
    return text_version(texts) if own else ""


def change_phrases(ctx: Context, texts: Sequence[str], *, seen_version: str | None = None) -> None:
    """Let the actor's site have phrases of its own, one for each of `KEYS`, "" at a key that has
    none; with none at all ours are back.

    `seen_version` is the `version_of` what was read before; None asks for no comparison.

    Raises:
        Conflict: somebody changed them since.
        BadInput: one that is too long or stands twice; `params["field"]` is "phrase-<n>".
        Refused: a number that is never kept, a word on what a person is, or no site.
    """
    site = locked_site(ctx)
    kept: dict[int, str] = {}
    for position, text in enumerate(map(collapse, texts), 1):
        if text:
            _check(text, f"phrase-{position}", others=kept.values())
            kept[position] = text
    check_unchanged(version_of(*phrases_of(ctx.session, site.id)), seen_version)
    ctx.session.execute(delete(NotePhrase).where(NotePhrase.site_id == site.id))
    ctx.session.add_all(
        NotePhrase(
            site_id=site.id, position=position, text=text, changed_at=ctx.now,
            changed_by_id=ctx.actor.user_id,
        )
        for position, text in kept.items()
    )  # fmt: skip
    ctx.session.flush()
    audit.record(ctx, "phrases.changed", site, after={"phrases": len(kept)})


def _check(text: str, field: str, *, others: Collection[str]) -> None:
    if len(text) > LONGEST_PHRASE:
        raise BadInput(
            N_("Une phrase a %(most)s caractères au plus."), most=LONGEST_PHRASE, field=field
        )
    if text in others:
        raise BadInput(N_("Cette phrase est là deux fois."), field=field)
    check_words(text, field, most=LONGEST_PHRASE)
    if found := delicate_words(text):
        raise Refused(
            N_("Ni santé, ni religion, ni origine, ni justice dans une phrase toute prête : "
               "retirez « %(words)s »."),
            field=field, words="\N{NO-BREAK SPACE}», «\N{NO-BREAK SPACE}".join(found),
        )  # fmt: skip
