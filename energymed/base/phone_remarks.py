"""What is said beside a phone number: kept as its remark, told when it matters. Pure."""

import re

from energymed.base.codes import Code
from energymed.base.i18n import N_
from energymed.base.text.delicate_words import delicate_words
from energymed.base.text.folding import collapse, fold, visible
from energymed.base.text.sensitive import REMOVED, remove_sensitive

MOST = 60  # characters of a remark


class RemarkCode(Code):
    """What a remark means for a call."""

    DO_NOT_CALL = "do_not_call", N_("Ne pas appeler ce numéro")
    OUT_OF_SERVICE = "out_of_service", N_("Numéro hors service")
    WRONG = "wrong", N_("Numéro erroné")
    GUARDIAN = "guardian", N_("Numéro d'un tuteur ou d'un mandataire")
    PROFESSIONAL = "professional", N_("Numéro d'un professionnel ou d'un lieu de travail")
    OTHER_PERSON = "other_person", N_("Numéro d'une autre personne")
    HOURS = "hours", N_("Horaires à respecter")
    EXTENSION = "extension", N_("Poste à demander")


# what a lead has to know of before anybody calls
WARNED = frozenset(RemarkCode) - {RemarkCode.HOURS, RemarkCode.EXTENSION}

_CALL = r"(?:r?app?el+er|contacter|joindre|deranger|telephoner|utiliser|composer|d? ?appels?)"
_ASK = r"(?:r?app?el+ez|contactez|joignez|utilisez|telephonez)"
_DAYS = r"lundis?|mardis?|mercredis?|jeudis?|vendredis?|samedis?|dimanches?|week ?ends?|we"
_WHEN = (
    r"(?:avant|apres|entre|a partir|des|jusqu|pendant|pdt|durant|en journee|en soiree|le matin"
    rf"|le midi|le soir|la journee|la nuit|matin|midi|soir|de \d|(?:le |les )?(?:{_DAYS}))"
)
# folded words; the first that fits a remark is not the only one
_MEANINGS = {
    RemarkCode.DO_NOT_CALL: (
        r"(?:pas|plus|jamais) (?:du tout )?(?:l |le |la |les |lui |me |nous |d )?(?:etre )?"
        rf"{_CALL}\b(?! {_WHEN})|n {_ASK} (?:pas|plus|jamais)|ne {_ASK} (?:pas|plus|jamais)"
        r"|stop|bloctel|opposition|harcelement|refuse (?:tout|tous|les|d etre|qu on|le)\b.*"
        r"|ne (?:veut|souhaite|desire) (?:pas|plus)|do not call"
    ),
    RemarkCode.OUT_OF_SERVICE: (
        r"hs|h s|hors (?:service|usage)|(?:non|pas|plus) (?:attribuee?|valide|valable)"
        r"|(?:pas|plus) en service|invalide|resiliee?|desactivee?|suspendue?|inactif|perimee?"
        r"|obsolete|ligne coupee|(?:ne )?(?:fonctionne|marche|existe) (?:pas|plus)"
        r"|(?:n )?existe plus|ancien(?:ne)?(?: (?:num|numero|tel|n|ligne))?|npai"
    ),
    RemarkCode.WRONG: (
        r"faux|errone|erronee|erreur|incorrecte?|mauvais|wrong|(?:pas|plus) (?:le|la) (?:bon|bonne)"
        r"|(?:ne )?correspond (?:pas|plus)|(?:pas|plus) au? (?:lui|elle|client|cliente|titulaire)"
        r"|inconnue? a ce numero|(?:n est |est )?(?:pas|plus) (?:le sien|son numero)|a corriger"
    ),
    RemarkCode.GUARDIAN: (
        r"tuteurs?|tutrice|tutelle|cotutrice|cotuteur|curateurs?|curatrice|curatelle|udaf|mandataire"
        r"|mjpm|atmp|tutelaire|representante? legale?|habilitation familiale|sauvegarde de justice"
    ),
    RemarkCode.PROFESSIONAL: (
        r"assistante? (?:de service )?sociale?|ass(?:t|te)? soc(?:iale?)?|travailleu(?:r|se) social"
        r"|notaire|etude|gardien(?:ne)?|concierge|employeur|employeuse|patron(?:ne)?|travail|bureau"
        r"|boulot|pro|professionnel(?:le)?|ccas|cias|mairie|cms|mds|mdph|avocate?|huissier|syndic"
        r"|bailleur(?:se)?|proprietaire|proprio|agence|medecin|infirmier|infirmiere|kine|pharmacie"
        r"|hopital|clinique|ehpad|foyer|maison de retraite|educateur|educatrice"
        r"|auxiliaire(?: de vie)?|aide (?:a domicile|menagere|soignante)|association|asso|ecole"
        r"|conseillere?|referente?|secretaire|secretariat|accueil|standard|comptable|entreprise"
        r"|societe|magasin|centre social|services sociaux|service social|intervenante?"
    ),
    RemarkCode.OTHER_PERSON: (
        r"filles?|fils|meres?|peres?|maman|papa|mari|epoux|epouse|femme|conjointe?|compagn(?:on|e)"
        r"|concubine?|partenaire|voisine?s?|voisins|amie?s?|copain|copine|freres?|soeurs?|parents?"
        r"|beaux? (?:pere|frere|fils|parents)|belle (?:mere|soeur|fille)|gendre|bru|cousine?s?"
        r"|oncle|tante|neveu|niece|grand (?:mere|pere)|grands parents|mamie|papi|papy|petite? fils"
        r"|petite fille|enfants?|ex (?:mari|femme|conjointe?|compagn(?:on|e)|epoux|epouse)|famille"
        r"|proche|aidante?|colocataire|coloc|tiers|tierce|parrain|marraine|chez|beau fils"
    ),
    RemarkCode.HOURS: (
        r"\d{1,2} ?h(?:eures?)?(?: ?\d\d)?|\d{1,2}h\d\d|matin(?:ee)?s?|midi|soirs?|soiree"
        rf"|journee|nuit|{_DAYS}|heures? de (?:bureau|repas)|(?:avant|apres) \d{{1,2}}"
    ),
    RemarkCode.EXTENSION: r"(?:poste|ext|extension|interne|p) \d{1,6}",
}
_TESTS = {
    code: re.compile(rf"\b(?:{words})(?!\w)", re.ASCII).search for code, words in _MEANINGS.items()
}
_SOCIAL_WORKER = re.compile(r"(?<!\w)A\.?S\.?(?!\w)")  # in capitals: « as » is a word
_CLOCK = re.compile(r"(\d{1,2}):(\d\d)", re.ASCII)
# words that only say that a number follows
_LABELS = frozenset(
    ("tel", "telephone", "tele", "numero", "num", "n", "no", "phone", "t", "tph", "contact", "au",
     "et", "ou", "puis", "et ou", "ou au", "le", "a", "sinon", "n tel", "no tel", "n de tel",
     "numero de telephone", "num tel", "tel n", "tel no", "et le", "ou le", "tels")
)  # fmt: skip
_NUMBERED = re.compile(r" \d$", re.ASCII)  # « tél 2 »
_EDGES = " \t\n()[]{}<>:;,/|*#=+&-–—_.!?'\"«»"


def meanings(remark: str) -> tuple[RemarkCode, ...]:
    """What a remark says that matters for a call, most serious first."""
    folded = fold(_CLOCK.sub(r"\1h\2", remark))
    found = [code for code, says in _TESTS.items() if says(folded)]
    if RemarkCode.PROFESSIONAL not in found and _SOCIAL_WORKER.search(remark):
        found.append(RemarkCode.PROFESSIONAL)
    return tuple(sorted(found, key=list(RemarkCode).index))


def clean_remark(text: str) -> str:
    """What was said beside a number, on one line and fit to keep; '' for a mere label.

    Numbers that are never kept and delicate words (health, origin…) are cut out (DOMAIN §12).
    """
    words = remove_sensitive(collapse(visible(text)))[0]
    for word in delicate_words(words):
        if fold(word) not in ("invalide", "invalides"):  # of the number
            words = words.replace(word, REMOVED)
    words = _closed(words.strip(_EDGES))
    if not any(sign.isalnum() for sign in words):
        return ""
    if _NUMBERED.sub("", fold(words)) in _LABELS:
        return ""
    return words if len(words) <= MOST else words[: MOST - 1].rstrip() + "…"


def _closed(words: str) -> str:
    """A bracket whose other half was at the edge is put back."""
    for opening, closing in ("()", "[]"):
        if words.count(opening) > words.count(closing):
            words += closing
        elif words.count(closing) > words.count(opening):
            words = opening + words
    return words
