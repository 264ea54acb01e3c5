"""What a step of the guide may hold, and that nobody's change is lost without a word.

Before the identity is checked nothing is said of the partner or of a debt (DOMAIN §8); the second
step is the one that checks it.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from hashlib import sha256

from energymed.accounts.models import Site
from energymed.base.context import Context
from energymed.base.errors import BadInput, Conflict, Refused
from energymed.base.i18n import N_
from energymed.base.text.debt_words import telling_words
from energymed.base.text.demand_words import refuse_demand
from energymed.base.text.folding import fold
from energymed.base.text.free_text import refuse_sensitive

LONGEST_TITLE, LONGEST_TEXT = 24, 600
BEFORE_IDENTITY = 2  # steps that may not name what the call is about; the last asks who it is
TOO_EARLY = ("partenaire", "reference", "dette", "jour", "creneau")
PLACEHOLDER = re.compile(r"\{(\w*)\}")
_IDENTITY = re.compile(r"\b(?:identi|adress|address|prenom|noms?\b|name\b)")


def locked_site(ctx: Context) -> Site:
    """The actor's site, whose words are changed; held until the change is saved.

    Raises:
        Refused: the actor has none.
    """
    if ctx.actor.site_id is None:
        raise Refused(N_("Le guide est celui d'un site : connectez-vous comme chef d'équipe."))
    return ctx.session.get_one(
        Site, ctx.actor.site_id, with_for_update=True, populate_existing=True
    )


def text_version(texts: Iterable[str]) -> str:
    """Another one as soon as a text is."""
    return sha256("\0".join(texts).encode()).hexdigest()[:20]


def check_unchanged(version: str, seen_version: str | None) -> None:
    """Refuse to write over words that were not read; `seen_version` None asks for nothing.

    Raises:
        Conflict: they are others than those read.
    """
    if seen_version not in (None, version):
        raise Conflict(
            N_("Un collègue a changé ces mots pendant que vous écriviez. Les vôtres sont encore "
               "là : relisez les siens, puis enregistrez de nouveau pour les remplacer.")
        )  # fmt: skip


def check_step(number: int, title: str, say: str, advice: str, places: Collection[str]) -> None:
    """Refuse a step that lacks something, is too long, or cites what the case does not have.

    Raises:
        BadInput: with `params["field"]`, as all errors here.
        Refused: a number that is never kept.
    """
    field, words = f"step-{number}", f"{title} {say} {advice}"
    if not title or not (say or advice):
        raise BadInput(N_("Il y faut un titre et des mots."), field=field)
    if len(title) > LONGEST_TITLE or max(len(say), len(advice)) > LONGEST_TEXT:
        raise BadInput(N_("Ce texte est trop long."), field=field)
    unknown = [name for name in PLACEHOLDER.findall(words) if name not in places]
    if unknown:
        raise BadInput(
            N_("{%(name)s} n'est pas une donnée de ce dossier."), name=unknown[0], field=field
        )
    left = PLACEHOLDER.sub("", words)
    if "{" in left or "}" in left:
        raise BadInput(
            N_("Une accolade ne se lit pas : écrivez une donnée du dossier comme {personne}, "
               "sans espace."),
            field=field,
        )  # fmt: skip
    refuse_sensitive(words, field)
    refuse_demand(say, field)  # what is said; the advice is for the mediator


def check_nothing_too_early(number: int, words: str, partner: str | None) -> None:
    """Refuse words said too early; `partner` is the partner whose name they write out, if any.

    Raises:
        Refused: naming them.
    """
    early = [f"{{{name}}}" for name in PLACEHOLDER.findall(words) if name in TOO_EARLY]
    found = [*early, *([partner] if partner else []), *telling_words(words)]
    if found:
        raise Refused(
            N_("Avant l'identité vérifiée (étapes 1 et 2), ni le partenaire, ni la dette : retirez "
               "« %(words)s »."),
            field=f"step-{number}", words="\N{NO-BREAK SPACE}», «\N{NO-BREAK SPACE}".join(found),
        )  # fmt: skip


def check_identity(said: Sequence[str]) -> None:
    """Refuse steps whose second one does not ask who the person is.

    Raises:
        BadInput: no such step at its place.
    """
    place = BEFORE_IDENTITY - 1
    if len(said) <= place or not _IDENTITY.search(fold(said[place])):
        raise BadInput(
            N_("Cette étape vérifie l'identité : demandez-y le nom complet ou l'adresse."),
            field=f"step-{BEFORE_IDENTITY}",
        )
