"""Titles of columns that are never read and never kept: NIR, bank, birth, income and the like."""

from functools import lru_cache

from energymed.base.text.folding import header_key
from energymed.intake.mapping.synonyms import canonical

# never read, never kept (DOMAIN §12): {kind: words that stand somewhere in a title}
_NEVER = {
    "nir": "nir|securite sociale|secu|n ss|nss|immatriculation sociale|assure social|n assure|"
    "n allocataire|social security",
    "bank": "iban|bic|rib|swift|coordonnees bancaires|compte bancaire|domiciliation bancaire|"
    "reference bancaire|code banque|code guichet|mandat sepa|reference unique mandat|rum|"
    "bank account",
    "card": "n carte bancaire|n carte bleue|n carte paiement|n carte credit|n cb|card number|"
    "cvv|cvc|cryptogramme|expiration carte",
    "birth": "naissance|naiss|datnaiss|ddn|ne le|nee le|ne e le|age|birth|birthdate|birthday|dob",
    "family": "nom mere|nom jeune fille mere|prenom mere|nom pere|prenom pere|mother",
    "tax": "n fiscal|identifiant fiscal|reference fiscale|spi|nif|avis imposition|avis impot|"
    "tax number|tax id",
    "income": "revenu|revenus|rfr|salaire|quotient familial|income",
    "health": "sante|handicap|handicape|maladie|pathologie|medical|invalidite|health",
    "origin": "nationalite|religion|confession|ethnie|origine ethnique|nationality",
    "identity": "passeport|passport|carte identite|cni|piece identite|titre sejour|carte sejour|"
    "permis conduire",
    "secret": "mot passe|password|code secret|code confidentiel",
}
# whole titles that are private, though their words stand in others that are not
_NEVER_ALONE = {
    "n insee": "nir",
    "insee": "nir",
    "carte bancaire": "card",
    "carte bleue": "card",
    "n carte": "card",
}
_HARMLESS = ("nom naissance", "nom naissance client", "nom naissance titulaire")


def is_sensitive(header: str) -> bool:
    """Whether a column by this title holds what must never be kept: NIR, IBAN, birth, income."""
    return private_kind(header) is not None


@lru_cache(maxsize=4_096)
def private_kind(header: str) -> str | None:
    """What a column by this title holds that must never be kept (a key of `codes.PRIVATE`)."""
    spoken = canonical(header)
    if spoken in _HARMLESS:
        return None
    written = f" {header_key(header)} | {spoken} "
    for words, kind in _PRIVATE_WORDS.items():
        if f" {words} " in written:
            return kind
    return _NEVER_ALONE.get(spoken)


def _private_words() -> dict[str, str]:
    """{words: kind}, as they are listed and as `canonical` says them, unless it drops some."""
    table: dict[str, str] = {}
    for kind, titles in _NEVER.items():
        for words in titles.split("|"):
            said = canonical(words)
            for one in (words, said) if said.count(" ") == words.count(" ") else (words,):
                table.setdefault(one, kind)
    return table


_PRIVATE_WORDS = _private_words()
