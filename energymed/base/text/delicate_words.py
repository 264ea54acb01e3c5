"""Words that should make one think before noting them (DOMAIN §12). Pure.

Health, religion, origin, criminal record: a note says what was agreed, not what a person is.
In a note a word warns and never refuses: « maladie » may stand in the name of a street. A phrase
that is there to be noted again and again has none of them.
"""

from energymed.base.text.folding import fold

# the beginnings of words, folded as `base.text.folding.fold` does: no accents, lower case
_STEMS = (
    "alcool", "bipolair", "cancer", "depressi", "diabet", "drogu", "enceinte", "handicap",
    "hospitalis", "invalid", "malade", "maladie", "psychiatr", "sante", "schizophren",
    "seropositi", "suicid", "toxico", "catholi", "chretien", "croyant",
    "islam", "juif", "juive", "musulman", "protestant", "religi", "africain", "algerien", "arabe",
    "etranger", "gitan", "maghreb", "marocain", "nationalite", "refugie", "tsigane", "tunisien",
    "condamn", "detenu", "incarcer", "prison", "syndicat", "homosexuel",
)  # fmt: skip


def delicate_words(text: str) -> list[str]:
    """The delicate words of a text, as typed, each once, in order."""
    words = "".join(sign if sign.isalnum() else " " for sign in text).split()
    found = [word for word in words if fold(word).startswith(_STEMS)]
    return list(dict.fromkeys(found))
