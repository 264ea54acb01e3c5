"""What to say in a call, step by step: the team's own words where it has some, else ours.

Figures of the case stand in the words by name (`PLACES`). What must never be said to a third
party or before the identity check is not among the words: the desk says it beside the steps.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from energymed.base import audit
from energymed.base.context import Context
from energymed.base.i18n import N_
from energymed.base.text.folding import collapse
from energymed.calling.models import GuideStep
from energymed.calling.scripts.script_checks import (
    BEFORE_IDENTITY,
    PLACEHOLDER,
    check_identity,
    check_nothing_too_early,
    check_step,
    check_unchanged,
    locked_site,
    text_version,
)
from energymed.partners.codes import CampaignKind
from energymed.partners.queries import named_partner

PLACEHOLDERS = {
    "mediateur": N_("votre nom"),
    "association": N_("l'association"),
    "personne": N_("le nom de la personne"),
    "partenaire": N_("le partenaire"),
    "reference": N_("la référence du dossier"),
    "dette": N_("le reste dû"),
    "jour": N_("le jour de l'intervention"),
    "creneau": N_("son créneau"),
}
MISSIONS_WITH_DEBT = (CampaignKind.UNPAID_BILL,)  # the missions that know what is owed (DOMAIN §2)


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its short title, what to say, and advice that is not said."""

    title: str
    say: str = ""
    advice: str = ""


_INTRODUCE = Step(
    N_("Se présenter"),
    N_("« Bonjour, je suis {mediateur}, de {association}, une association de médiation. Puis-je "
       "parler à {personne} ? »"),
)  # fmt: skip
_IDENTITY = Step(
    N_("Identité"),
    N_("« Pour être sûr de parler à la bonne personne : pouvez-vous me dire votre nom complet et "
       "votre adresse ? »"),
)  # fmt: skip
_AGREE = Step(
    N_("Convenir"),
    advice=N_("Redites ce qui est convenu : montants, dates, papiers à envoyer. Le fournisseur "
              "confirme, le fonds décide : ne promettez pas à leur place. Jamais de carte ni "
              "d'IBAN au téléphone."),
)  # fmt: skip
_CLOSE = Step(
    N_("Clore"),
    N_("« Avez-vous d'autres questions ? Voici comment nous joindre. Merci de ce moment. »"),
)
DEFAULT_STEPS: dict[CampaignKind, tuple[Step, ...]] = {
    CampaignKind.UNPAID_BILL: (
        _INTRODUCE,
        _IDENTITY,
        Step(
            N_("Écouter"),
            N_("« J'appelle de la part de {partenaire}, au sujet de factures. Je ne suis pas là "
               "pour encaisser, mais pour chercher une solution avec vous. Que s'est-il passé ? »"),
            N_("Au premier échange : les données viennent de {partenaire}, pour cette médiation ; "
               "la personne peut les voir, les corriger, s'opposer."),
        ),
        Step(
            N_("Chercher"),
            advice=N_("Chèque énergie reçu ? Aide possible (FSL, CCAS) ? Que peut payer le foyer "
                      "chaque mois, sans se mettre en danger ?"),
        ),
        _AGREE,
        _CLOSE,
    ),
    CampaignKind.CUTOFF_NOTICE: (
        _INTRODUCE,
        _IDENTITY,
        Step(
            N_("Prévenir"),
            N_("« {partenaire} m'a demandé de vous prévenir : une intervention est prévue le "
               "{jour} {creneau} sur votre compteur. »"),
            N_("Rien ne se négocie ici : pour régler, la personne appelle son fournisseur."),
        ),
        Step(
            N_("Écouter"),
            advice=N_("Quelqu'un de fragile au domicile ? Une difficulté plus large ? Proposez une "
                      "orientation, avec son accord."),
        ),
        _AGREE,
        _CLOSE,
    ),
    CampaignKind.APPOINTMENT: (
        _INTRODUCE,
        _IDENTITY,
        Step(
            N_("Expliquer"),
            N_("« {partenaire} doit passer chez vous pour le compteur. Je vous aide à choisir un "
               "rendez-vous. »"),
        ),
        Step(
            N_("Fixer la date"),
            advice=N_("Redites le jour et l'heure. La présence d'un adulte est nécessaire."),
        ),
        _AGREE,
        _CLOSE,
    ),
}  # fmt: skip


def steps_of(session: Session, site_id: int, kind: CampaignKind) -> tuple[list[Step], bool]:
    """The steps of a mission at a site, and whether they are the team's own words."""
    own = session.scalars(
        select(GuideStep)
        .where(GuideStep.site_id == site_id, GuideStep.kind == kind)
        .order_by(GuideStep.position)
    ).all()
    if own:
        return [Step(one.title, one.say, one.advice) for one in own], True
    return list(DEFAULT_STEPS[kind]), False


def version_of(steps: Sequence[Step], own: bool) -> str:
    """What tells whether the words are still those that were read."""
    return text_version(f"{one.title}\n{one.say}\n{one.advice}" for one in steps) if own else ""


def placeholders_of(kind: CampaignKind) -> dict[str, str]:
    """The figures that the cases of a mission have, by name."""
    return {
        name: label
        for name, label in PLACEHOLDERS.items()
        if name != "dette" or kind in MISSIONS_WITH_DEBT
    }


def change_call_script(
    ctx: Context, kind: CampaignKind, steps: Sequence[Step], *, seen_version: str | None = None
) -> None:
    """Let the actor's site have its own words; no steps at all: ours again.

    `seen_version` is the `version_of` what was read before; None asks for no comparison.

    Raises:
        Conflict: somebody changed them since.
        BadInput: a step without a title or words, too long, with an unknown place or a brace too
            many, or a second step that does not check the identity; `params["field"]` is
            "step-<n>".
        Refused: a number that is never kept, no site, or words that name the partner or the
            debt before the identity is checked.
    """
    site = locked_site(ctx)
    kept = [Step(collapse(one.title), one.say.strip(), one.advice.strip()) for one in steps]
    for number, step in enumerate(kept, 1):
        check_step(number, step.title, step.say, step.advice, placeholders_of(kind))
        if number <= BEFORE_IDENTITY:
            words = f"{step.title} {step.say} {step.advice}"
            check_nothing_too_early(number, words, named_partner(ctx.session, words))
    if kept:
        check_identity([f"{step.say} {step.advice}" for step in kept])
    check_unchanged(version_of(*steps_of(ctx.session, site.id, kind)), seen_version)
    ctx.session.execute(
        delete(GuideStep).where(GuideStep.site_id == site.id, GuideStep.kind == kind)
    )
    rows = [
        GuideStep(
            site_id=site.id, kind=kind, position=number, title=step.title, say=step.say,
            advice=step.advice, changed_at=ctx.now, changed_by_id=ctx.actor.user_id,
        )
        for number, step in enumerate(kept, 1)
    ]  # fmt: skip
    ctx.session.add_all(rows)
    ctx.session.flush()
    audit.record(ctx, "guide.changed", site, after={"kind": kind, "steps": len(rows)})


def fill_placeholders(text: str, facts: Mapping[str, str]) -> str:
    """The words with the figures of a case; a place that has none is left out."""
    return re.sub(
        r" {2,}", " ", PLACEHOLDER.sub(lambda found: facts.get(found[1], ""), text)
    ).strip()
