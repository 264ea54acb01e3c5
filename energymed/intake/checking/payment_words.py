"""What a line of a payments file says of its money: received, taken back, awaited. Pure.

Its method, status, label, reference, and columns that nobody has mapped may say it. Words that
can be read both ways are unclear: a person decides.
"""

import re
from collections.abc import Iterable
from datetime import date
from enum import Enum, auto
from functools import lru_cache
from typing import NamedTuple

from energymed.base.dates import parse_date
from energymed.base.text.folding import collapse, fold
from energymed.base.text.nothing import says_nothing
from energymed.intake.rows import Cell, cell_text
from energymed.intake.rules import yes_no

# fields that may say it; a column whose title names one is read beside the one that is mapped
WORDED = ("method", "status", "rejection", "label")


class Says(Enum):
    """What a text says of a payment."""

    NOTHING = auto()
    RECEIVED = auto()
    TAKEN_BACK = auto()
    AWAITED = auto()
    UNCLEAR = auto()


class Voice(NamedTuple):
    """What one cell says; `field` is None for a column that nobody has mapped."""

    says: Says
    field: str | None
    cell: Cell


_NOT_PAID = "unpaid"  # stands for whole phrases, whose words alone say something else
_PHRASES = re.compile(
    r"\bnon (?:honore|paye|regle|abouti|encaisse|recu|credite|execute|valide|accepte|autorise)\w*"
    r"|\bpas (?:ete )?(?:honore|paye|regle|abouti|encaisse|recu|credite|execute)\w*"
    r"|\b(?:sans|insuffisance(?: de)?|defaut(?: de)?|absence de|manque de) provision"
    r"|\bprovision (?:insuffisante|absente|manquante)"
    r"|\bcompte (?:est )?(?:clos|cloture|bloque|sature)"
    r"|\bmandat (?:revoque|inexistant|expire|invalide|absent|annule)"
    r"|\binsuffisance (?:de )?fonds|\bfonds insuffisant\w*|\b(?:sans|provision) (?:prov|insuf)\w*"
    r"|\bnon (?:paiement|reglement|versement|encaissement|presente)\w*"
    r"|\bcharge ?back|\bcontre ?pass\w*|\btitulaire (?:du compte )?decede"
)
# bank's codes of returned direct debits (« R-transactions »)
_CODES = (
    r"ac0[1-6]|ac13|ag0[12]|am0[1-9]|be0[145]|cnor|dnor|dt01|ed05|ff0[15]|focr|frad|arfn"
    r"|md0[1267]|ms0[23]|rc01|rr0[1-4]|sl01"
)
_REVERSED = re.compile(
    r"\b(?:re ?jet\w*|reject\w*|rejt?|rjt|annul\w*|extourn\w*|refus\w*|echecs?|echoue\w*|litig\w*"
    r"|oppos\w*|contest\w*|declin\w*|revoqu\w*|invalide\w*|failed|failure|cancel\w*|refund\w*"
    r"|reversed|reversal|bounced|returned|declined|unpaid|void|voided|disputed?|ko|nok|rej|"
    + _CODES
    + r")\b"
)
# said of debts and of instalments as well: clear only where nothing else is said
_WEAK = re.compile(
    r"\b(?:impayee?s?|imp|ann|rembours\w*|remb|rbt|retours?|retourne\w*|restitu\w*|recredit\w*)\b"
)
# « règlement d'impayé », « CB sur impayé »: money that came for a debt
_FOR_A_DEBT = re.compile(
    r"\b(?:paiement|reglement|versement|encaissement)s? impaye"
    r"|(?!^)\b(?:d|de|du|des|sur|pour|par)(?: (?:l|la|le|les|un))? impaye"
)
_BESIDE = frozenset(
    "prelevement prelevements prlv prlvt prel sepa cheque cheques chq virement vir vrt cb carte "
    "bancaire banque tip mandat especes paiement reglement versement client debiteur payeur "
    "titulaire usager abonne motif code statut ordre sdd b2b core trop percu "
    "automatique par de du des d la le l un une au a sur en date".split()
)
_MEANT_OTHERWISE = re.compile(
    r"\b(?:suite|apres|preced\w*|anterieur\w*|ancien\w*|regularis\w*|re ?present\w*|recouvr\w*"
    r"|leve[es]*|resolue?s?|remplac\w*|nouve\w*|tiers|detenteur|administrative|recue?s?|payee?s?"
    r"|reglee?s?|encaissee?s?|acceptee?s?|honoree?s?|abouti[es]*|soldee?s?|apur\w*|relances?)\b"
    r"|\b(?:pour|sans|non|pas|aucune?s?|hors|jamais|frais|ni|si|cas|risque|anti|0)"
    r"(?: (?:de|d|du|le|la|l|un|une))*"
    r" (?:rejet|reject|annul|refus|echec|oppos|contest|litig|extourn)"
)
_AWAITED = re.compile(
    r"\b(?:en attente|attente|en cours|en instance|non echue?s?|programm\w*|planifi\w*|prevue?s?"
    r"|pending|scheduled|promesse|promise?|brouillon|simul\w*|provisoire|previsionnel\w*|initie\w*"
    r"|non confirm\w*|a (?:venir|payer|regler|encaisser|emettre|presenter|prelever|valider"
    r"|confirmer|traiter|recevoir|crediter|percevoir))\b"
)
_RECEIVED = re.compile(
    r"\b(?:acceptee?s?|validee?s?|encaissee?s?|payee?s?|reglee?s?|recue?s?|honoree?s?|abouti[es]*"
    r"|confirmee?s?|executee?s?|comptabilisee?s?|creditee?s?|effectuee?s?|reussi[es]*|succes|ok"
    r"|paid|settled|received|completed|success)\b"
)
# a debt that ends without money coming in
_NO_MONEY = re.compile(
    r"^avoirs?\b|\b(?:degrevement|geste commercial|abandon|abandonnee?s?|effacement|effacee?s?"
    r"|irrecouvrable|creance eteinte|non valeur|passage en perte|remise (?:gracieuse|de dettes?"
    r"|commerciale)|exoneration|exoneree?s?|od|operation diverse)\b"
)
# in a column of states they say nothing against the money
_PLAIN_STATES = _BESIDE | frozenset(
    "oui o y yes 1 true vrai total totale totalement partiel partielle partiellement complet "
    "complete solde soldee acompte unique mensuel mensuelle traite traitee lettre lettree "
    "rapproche rapprochee impute imputee affecte affectee ventile ventilee enregistre enregistree "
    "saisi saisie definitif definitive cloture cloturee termine terminee finalise finalisee "
    "remis remise banque normal normale standard internet web telephone tpe postal poste "
    "interbancaire energie encaissement encaissements versements paiements reglements credit "
    "entree recette differe done complete ok passe passee presente presentee".split()
)
_SPELLED = re.compile(r"\b[a-z](?: [a-z]){2,}\b")
_REFERENCE = re.compile(r"(?:rej|rjt|impaye|annul|remb|rbt|extourn|contrepass|chargeback)")
_UNMAPPED = re.compile(r"\b(?:rejet\w*|annul\w*|extourn\w*|charge ?back|contre ?pass\w*)\b")
_HINT = re.compile(r"rejet|annul|extourn|charge|contre", re.I)
_SIDE = re.compile(
    r"^(?:cr|dr|db|cr[eé]dit|d[eé]bit|avoir)\b|(?:\d|\s)(?:cr|dr|db|cr[eé]dit|d[eé]bit|avoir)$",
    re.I,
)


def money_said(voices: Iterable[Voice], *, negative: bool) -> Voice | None:
    """The voice that counts for a line: TAKEN_BACK, AWAITED or UNCLEAR; None for a payment.

    What is clear counts before what is not, and two that contradict each other are unclear. A
    status of money received settles what another column says unclearly; a negative amount what
    the reference of the payment only hints at.
    """
    first: dict[Says, Voice] = {}
    for voice in voices:
        if not (negative and voice.field == "payment_reference"):
            first.setdefault(voice.says, voice)
    back, received = first.get(Says.TAKEN_BACK), first.get(Says.RECEIVED)
    if awaited := first.get(Says.AWAITED):
        return awaited._replace(says=Says.UNCLEAR) if back else awaited
    if back:
        return back._replace(says=Says.UNCLEAR) if received and not negative else back
    unclear = first.get(Says.UNCLEAR)
    return None if unclear and received and not negative else unclear


def field_says(field: str, cell: Cell) -> Says:
    """What the cell of a field says."""
    text = collapse(cell_text(cell))
    if not text:
        return Says.NOTHING
    if field == "amount":
        return Says.UNCLEAR if isinstance(cell, str) and _SIDE.search(text) else Says.NOTHING
    if field == "payment_reference":
        return Says.UNCLEAR if _REFERENCE.match(fold(text)) else Says.NOTHING
    if field == "rejection":
        return _rejection(cell, text)
    said = text_says(text)
    if field == "status":
        return Says.UNCLEAR if said is Says.NOTHING and not _is_plain_state(text) else said
    # only a status tells for certain that money has come in
    return Says.NOTHING if said is Says.RECEIVED else said


def unmapped_says(cell: Cell) -> Says:
    """What a column says that nobody has mapped: nothing, or what a person has to look at."""
    if not isinstance(cell, str) or not _HINT.search(cell):
        return Says.NOTHING
    return Says.UNCLEAR if _UNMAPPED.search(fold(cell)) else Says.NOTHING


@lru_cache(maxsize=4_096)
def text_says(text: str) -> Says:
    """What a method, status or label says."""
    plain = _PHRASES.sub(_NOT_PAID, _folded(text))
    back = _REVERSED.search(plain) is not None
    weak = _WEAK.search(plain) is not None
    if _AWAITED.search(plain):
        return Says.UNCLEAR if back or weak else Says.AWAITED
    if back:
        return Says.UNCLEAR if _MEANT_OTHERWISE.search(plain) else Says.TAKEN_BACK
    if weak:
        return Says.TAKEN_BACK if _alone(plain) else Says.UNCLEAR
    if _NO_MONEY.search(plain):
        return Says.UNCLEAR
    return Says.RECEIVED if _RECEIVED.search(plain) else Says.NOTHING


@lru_cache(maxsize=4_096)
def _is_plain_state(text: str) -> bool:
    """Whether a state says nothing against the money; a word that nobody knows may.

    « Bloqué », « R », « erreur »: new words for money that did not come are made every year.
    """
    return says_nothing(text) or all(word in _PLAIN_STATES for word in _folded(text).split())


def _folded(text: str) -> str:
    """The words of a text; letters spelled out ('R E J E T', 'R.E.J.') are one word."""
    return _SPELLED.sub(lambda letters: letters[0].replace(" ", ""), fold(text))


def _alone(words: str) -> bool:
    """Whether nothing is said beside a weak word but how the money was to come, and when."""
    if _FOR_A_DEBT.search(words):
        return False
    rest = _WEAK.sub("", words).split()
    return all(word in _BESIDE or word.isdecimal() for word in rest)


def _rejection(cell: Cell, text: str) -> Says:
    """A column of its own for rejections: its reason, its day, or yes and no."""
    answer = yes_no(text)
    if answer is False or says_nothing(text):
        return Says.NOTHING
    if answer or rejection_day(cell) or text_says(text) is Says.TAKEN_BACK:
        return Says.TAKEN_BACK
    return Says.UNCLEAR


def rejection_day(cell: Cell) -> date | None:
    """The day that a column of rejections tells; None for anything else."""
    if isinstance(cell, int | float):
        return None
    try:
        return parse_date(cell)
    except ValueError:
        return None
