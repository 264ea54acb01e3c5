"""Words from which somebody else would learn of a debt, in every language we write in. Pure.

They stand in no message (anybody may read a phone) and in nothing that is said before the
identity is checked (DOMAIN §8).
"""

import re

from energymed.base.text.folding import fold, in_latin, visible

_PLACE = re.compile(r"\{(\w*)\}")
# beginnings of words, folded as `base.text.folding.fold` does, in every language of messages
_STEMS = (
    "dette", "endett", "surendett", "impay", "factur", "coupure", "coupe", "montant", "solde",
    "creanc", "recouvr", "contentieu", "huissier", "relanc", "arriere", "echeanc", "echelonn",
    "paye", "paiement", "reglement", "retard", "poursuite", "tribunal", "saisie", "resili",
    "argent", "prelev", "puissance", "cheque", "difficult", "euro", "penalit", "rembours",
    "debt", "unpaid", "overdue", "arrear", "invoice", "disconnect", "payment", "instalment",
    "deuda", "adeud", "impag", "fatur", "divida", "pagament", "atraso",
    "debito", "debiti", "bollett", "fattur", "scadut",
    "schuld", "rechnung", "mahnung", "zahlung", "betrag", "inkasso", "sperrung",
    "borc", "odeme", "tutar", "kesinti",
)  # fmt: skip
_WORDS = frozenset(
    ("du", "due", "dus", "eur", "fsl", "somme", "bill", "bills", "owe", "owed", "owing", "owes",
     "pay", "paid", "paying", "amount", "amounts", "balance", "pago", "pagos", "importe", "importo",
     "corte", "conta", "cuenta", "regler", "reglez")
)  # fmt: skip
_EVERYDAY = ("du",)  # with its accent it is what one owes: « dû »
_ARABIC = frozenset(
    ("دين", "الدين", "ديون", "الديون", "فاتورة", "الفاتورة", "فواتير", "مبلغ", "المبلغ", "دفع",
     "الدفع", "سداد", "متأخرات", "قطع")
)  # fmt: skip


def telling_words(text: str) -> list[str]:
    """The words of a text that tell of a debt, as typed, each once, in order."""
    bare = _PLACE.sub(" ", visible(text))
    words = "".join(sign if sign.isalnum() or sign == "€" else " " for sign in bare)
    found = [word for word in words.replace("€", " € ").split() if _tells(word)]
    return list(dict.fromkeys(found))


def _tells(word: str) -> bool:
    folded = fold(in_latin(word))
    if folded in _EVERYDAY:
        return "û" in word.lower()
    return word == "€" or word in _ARABIC or folded in _WORDS or folded.startswith(_STEMS)
