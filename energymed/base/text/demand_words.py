"""Words that make a text of ours read as a demand for payment (DOMAIN §1). Pure.

Whoever demands payment for others is a collector (CPCE L124-1, R124-3 and 4); this house restores
a link and demands nothing. One rule for every text that somebody here writes: letters, messages,
the guide of calls. What is compared is folded, so that neither accents, capitals, hyphens,
odd blanks nor letters of another alphabet hide anything; what is told is as it was typed.
"""

import re
from collections.abc import Iterator

from energymed.base.errors import BadInput
from energymed.base.i18n import N_
from energymed.base.text.folding import fold, in_latin, visible

_WORD = re.compile(r"[^\W_]+|€")
_SENTENCE = re.compile(r"[.!?…]+(?=\s|$)|\n\s*\n")
_PAY = (
    r"(?:payer|regler|rembourser|verser|solder|(?:vous )?acquitter|virer|apurer|"
    r"regulariser|honorer)"
)
_BETWEEN = (
    r"(?:(?:nous|lui|leur|nous la|encore|donc|tout|desormais|maintenant|absolument|imperativement|"
    r"immediatement|rapidement|sans (?:delai|attendre|tarder)|d urgence|au plus vite) )*"
)
_NUMBER = (
    r"(?:\d+|un|une|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|douze|quinze|vingt|trente|"
    r"quarante huit)"
)
_DEMANDS = tuple(
    re.compile(rf"\b(?:{pattern})\b")
    for pattern in (
        # somebody is told to pay
        rf"vous (?:devez|devrez|etes (?:tenue?s?|obligee?s?|somme[es]*|priee?s?|mise?s? en demeure)"
        rf" (?:de|d))(?: de| d)? {_BETWEEN}{_PAY}",
        rf"(?:il (?:vous )?faut|il vous (?:appartient|incombe|revient) de|merci de|priere de|"
        rf"veuillez|nous vous (?:demandons|prions|sommons|enjoignons|invitons instamment) (?:de|a)|"
        rf"je vous (?:demande|prie|somme) de) (?:bien vouloir )?{_BETWEEN}{_PAY}",
        r"(?<!\bvous )(?<!\bne )(?<!\bvous les )(?<!\bvous la )(?<!\bvous le )"
        r"(?:payez|reglez|versez|remboursez|acquittez vous|soldez)",
        r"(?:paiement|reglement|somme|facture|dette|montant|solde)s? (?:\w+ ){0,3}?"
        r"(?:doi(?:t|vent)|devra|devront) (?:nous )?(?:\w+ ){0,1}?"
        r"(?:parvenir|etre (?:\w+ )?(?:paye|regle|solde|verse|rembourse|effectue)[es]*)",
        r"exigibles?",
        r"vous etes redevables?",
        # threats, and the words of collectors
        r"mis(?:e|es)? en demeure|met(?:tre|tons|s) en demeure",
        rf"sous (?:un delai de )?{_NUMBER} (?:jours?|heures?|h|semaines?)",
        r"derni(?:er|ere)s? (?:avis|rappels?|relances?|avertissements?|sommations?)",
        r"poursuites|poursuite (?:judiciaire|en justice)|poursuivi[es]* en justice|"
        r"poursuivre (?:\w+ )?en justice",
        r"(?:a defaut|faute|en l absence|en cas d absence) (?:de|du) (?:\w+ )?"
        r"(?:paiement|reglement|versement)",
        r"en cas de non (?:paiement|reglement)|sans (?:paiement|reglement) de votre part",
        r"huissiers?(?: de justice)?|commissaires? de justice",
        r"(?:agence|societe|cabinet|service|procedure|frais) de recouvrement|"
        r"recouvrement (?:force|amiable|judiciaire|contentieux)",
        r"injonctions? de payer|titres? executoires?|saisies? (?:sur|de vos|de votre|des biens)|"
        r"transmis au contentieux|service contentieux|actions? en justice",
    )
)  # fmt: skip
_AMOUNT = re.compile(r"\b\d[\d ]*(?:€|euros?\b|eur\b)|\b(?:montant|dette|solde|somme)\b")
_PAYING = re.compile(
    rf"\b(?:{_PAY}|paiements?|reglements?|versements?|virements?|due?s?|payees?|reglees?)\b"
)
_DEADLINE = re.compile(
    r"\b(?:avant (?:le|la fin)|au plus tard|d ici|dans (?:les|un delai|le delai)|immediatement|"
    r"sans (?:delai|attendre|tarder)|d urgence|au plus vite|jusqu au)\b"
)
# a possibility or what was agreed together is no demand
_FREE = re.compile(r"\b(?:(?:vous|on) (?:pouvez|peut|pourriez)|conven(?:u|us|ue|ues)|si vous)\b")


def demands(text: str) -> list[str]:
    """The words by which a text demands a payment, as typed, each once, in order."""
    found = [*_phrases(text), *_with_a_deadline(text)]
    return list(dict.fromkeys(found))


def refuse_demand(text: str | None, field: str) -> None:
    """Refuse a text that reads as a demand for payment, in one sentence for all.

    Raises:
        BadInput: naming the words, with `params["field"]`.
    """
    found = demands(text or "")
    if found:
        raise BadInput(
            N_("Ce texte se lit comme une demande de paiement, ce que notre association ne fait "
               "jamais : retirez « %(words)s »."),
            field=field, words="\N{NO-BREAK SPACE}», «\N{NO-BREAK SPACE}".join(found),
        )  # fmt: skip


def _phrases(text: str) -> Iterator[str]:
    typed, folded, starts = _laid_out(text)
    hits = [match.span() for pattern in _DEMANDS for match in pattern.finditer(folded)]
    for start, end in sorted(hits):
        yield _as_typed(typed, starts, start, end)


def _with_a_deadline(text: str) -> Iterator[str]:
    """An amount to be paid by a day, in one sentence."""
    for sentence in _SENTENCE.split(visible(text)):
        typed, folded, starts = _laid_out(sentence)
        if _FREE.search(folded):
            continue
        match = _DEADLINE.search(folded)
        if match and _AMOUNT.search(folded) and _PAYING.search(folded):
            yield _as_typed(typed, starts, *match.span())


def _laid_out(text: str) -> tuple[str, str, dict[int, tuple[int, int]]]:
    """The text as typed, its folded words one blank apart, and where each of them was typed."""
    typed = visible(text)
    folded, starts = "", {}
    for match in _WORD.finditer(typed):
        word = "€" if match[0] == "€" else fold(in_latin(match[0]))
        if not word:
            continue
        folded += " " if folded else ""
        starts[len(folded)] = match.span()
        folded += word
    return typed, folded, starts


def _as_typed(typed: str, starts: dict[int, tuple[int, int]], start: int, end: int) -> str:
    spans = [span for at, span in starts.items() if start <= at < end]
    return " ".join(typed[spans[0][0] : spans[-1][1]].split())
