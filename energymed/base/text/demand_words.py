"""Words that make a text of ours read as a demand for payment (DOMAIN §1). Pure.

Whoever demands payment for others is a collector (CPCE L124-1, R124-3 and 4); this house restores
a link and demands nothing. One rule for every text that somebody here writes: letters, messages,
the guide of calls. What is compared is folded, so that neither accents, capitals, hyphens,
odd blanks, letters set apart nor those of another alphabet hide anything; what is told is as it
was typed.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from energymed.base.errors import BadInput
from energymed.base.i18n import N_
from energymed.base.text.folding import fold, in_latin, visible

_WORD = re.compile(r"[^\W_]+|€")
# between letters of one word: any sign but a blank or an apostrophe; a hyphen at the end of a line
_MARK = re.compile(r"[^\w\s'’€]+|_+|[-\u2010\u2011]\s+")
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
_PATTERNS = (
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
)  # fmt: skip
_DEMANDS = tuple(re.compile(rf"\b(?:{pattern})\b") for pattern in _PATTERNS)
# the same without blanks, for words that were written as one
_JOINED = tuple(
    re.compile(pattern.replace(r"\w+ ", r"\w{1,15}").replace(" ", "")) for pattern in _PATTERNS
)
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


@dataclass(frozen=True, slots=True)
class _Word:
    """A folded word, and from where to where it was typed."""

    folded: str
    start: int
    end: int

    @property
    def is_letter(self) -> bool:
        return len(self.folded) == 1 and self.folded.isalpha()


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
    typed = visible(text)
    hits = {span for words in _readings(typed) for span in _hits(words)}
    for start, end in sorted(hits):
        yield " ".join(typed[start:end].split())


def _with_a_deadline(text: str) -> Iterator[str]:
    """An amount to be paid by a day, in one sentence."""
    for sentence in _SENTENCE.split(visible(text)):
        readings = [_folded(words) for words in _readings(sentence)]
        if any(_FREE.search(folded) for folded in readings):
            continue
        for words, folded in zip(_readings(sentence), readings, strict=True):
            match = _DEADLINE.search(folded)
            if match and _AMOUNT.search(folded) and _PAYING.search(folded):
                start, end = _where(words, *match.span())
                yield " ".join(sentence[start:end].split())
                break


def _readings(typed: str) -> list[list[_Word]]:
    """The words of a text: as they stand; joined over marks; and letters set apart joined."""
    plain = [
        _Word(word, *match.span())
        for match in _WORD.finditer(typed)
        if (word := "€" if match[0] == "€" else fold(in_latin(match[0])))
    ]
    over_marks = _join(plain, lambda one, other: bool(_MARK.fullmatch(typed, one.end, other.start)))
    spelled = _join(plain, lambda one, other: one.is_letter and other.is_letter)
    return [plain, *(each for each in (over_marks, spelled) if len(each) < len(plain))]


def _join(words: list[_Word], together: Callable[[_Word, _Word], bool]) -> list[_Word]:
    """The words, those that belong together as one."""
    rows: list[list[_Word]] = []
    for word in words:
        if rows and together(rows[-1][-1], word):
            rows[-1].append(word)
        else:
            rows.append([word])
    return [_Word("".join(one.folded for one in row), row[0].start, row[-1].end) for row in rows]


def _hits(words: list[_Word]) -> Iterator[tuple[int, int]]:
    """Where in the typed text a demand stands, by one reading of it."""
    folded = _folded(words)
    for pattern in _DEMANDS:
        for match in pattern.finditer(folded):
            yield _where(words, *match.span())
    for word in words:
        if _written_as_one(word):
            yield word.start, word.end


def _written_as_one(word: _Word) -> bool:
    """Whether one word holds a demand of several; one that is whole was judged among the others."""
    if any(pattern.fullmatch(word.folded) for pattern in _DEMANDS):
        return False
    set_apart = word.end - word.start > len(word.folded)
    return any(
        each.search(word.folded) if set_apart else each.fullmatch(word.folded) for each in _JOINED
    )


def _folded(words: list[_Word]) -> str:
    return " ".join(word.folded for word in words)


def _where(words: list[_Word], start: int, end: int) -> tuple[int, int]:
    """From where to where the words were typed that stand there in the folded text."""
    found, at = [], 0
    for word in words:
        if start <= at < end:
            found.append(word)
        at += len(word.folded) + 1
    return found[0].start, found[-1].end
