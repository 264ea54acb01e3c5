"""What one key does on the call desk: the page reads its keys here, "Mon compte" lists them.

Results and acts have theirs where they are declared. Only the keys of single controls are named
for the list alone; a test holds it against the page.
"""

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from energymed.base.i18n import N_
from energymed.calling.codes import RESULTS
from energymed.calling.scripts.note_phrases import KEYS, phrases_of
from energymed.mediation.codes import ACT_KINDS, CAUSES
from energymed.web.mediator.call import act_fields, cause_fields
from energymed.web.mediator.call.forms import NEXT_STEPS
from energymed.web.shared.script_words import in_language

NEXT_STEP_KEYS = {"follow_up": "s", "close": "k"}
SINGLE = {
    "p": N_("Appeler le premier numéro"),
    "b": N_("C'est la personne qui appelle"),
    "u": N_("Identité vérifiée avant de parler de la dette"),
    "g": N_("Étape suivante du guide"),
    "n": N_("Note"),
    "G": N_("J'ai besoin d'aide : appeler le chef d'équipe"),
    "U": N_("Urgence : que faire, qui appeler"),
    "Q": N_("À quoi la personne a-t-elle droit ?"),
    "W": N_("Envoyer par écrit ce qui a été convenu"),
    "0": N_("Noter ce que dit la personne"),
    "Y": N_("Envoyer un SMS neutre"),
    "K": N_("Autre chose a été convenu"),
    "backspace": N_("Changer de résultat"),
    "Z": N_("Corriger ce qui vient d'être enregistré"),
}


def phrases_by_key(session: Session, site_id: int | None) -> dict[str, str]:
    """What a key adds to the note; phrases of ours in the reader's language."""
    texts, _own = phrases_of(session, site_id)
    said = map(in_language, texts)
    return {key: text for key, text in zip(KEYS, said, strict=True) if text}


def desk_keys(session: Session, site_id: int | None) -> dict[str, str]:
    """Every key of a call, with the name of what it chooses."""
    acts = {**ACT_KINDS, **act_fields.SHORT}
    return {
        **{shown.key: _(code.label) for code, shown in RESULTS.items()},
        **{key: _(label) for key, label in SINGLE.items()},
        **{key: _(acts[kind]) for kind, key in act_fields.KEYS.items()},
        **{key: _(CAUSES[cause]) for cause, key in cause_fields.KEYS.items()},
        **{key: str(NEXT_STEPS[step]) for step, key in NEXT_STEP_KEYS.items()},
        **phrases_by_key(session, site_id),
    }
