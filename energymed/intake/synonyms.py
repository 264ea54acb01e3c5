"""How utilities name their columns, for each of our fields, best name first.

Titles are compared by `canonical`: accents, case and punctuation aside, small words dropped,
'Réf.', 'Référence' and 'N° de référence' alike. So one entry stands for many spellings.
"""

from collections.abc import Iterable
from functools import lru_cache

from energymed.base.text import header_key

_SMALL_WORDS = frozenset(
    [
        "de",
        "du",
        "des",
        "d",
        "la",
        "le",
        "les",
        "l",
        "en",
        "a",
        "au",
        "aux",
        "et",
        "ou",
        "par",
        "pour",
        "sur",
        "eur",
        "euro",
        "ttc",
    ]
)
_ALIKE = {
    "reference": "ref", "references": "ref", "no": "n", "num": "n", "numero": "n", "nr": "n",
    "nb": "nombre", "nbre": "nombre", "nbr": "nombre", "telephone": "tel", "tph": "tel",
    "phone": "tel", "telephonique": "tel", "identifiant": "id", "identification": "id",
    "mt": "montant", "mnt": "montant", "mtt": "montant", "amount": "montant", "dt": "date",
    "adr": "adresse", "addr": "adresse", "address": "adresse", "cpl": "complement",
    "compl": "complement", "ech": "echeance", "portable": "mobile", "gsm": "mobile",
    "port": "mobile", "mob": "mobile", "cli": "client", "abo": "abonne", "mail": "email",
    "courriel": "email", "mel": "email", "prev": "prevue", "previsionnelle": "prevue",
    "prevu": "prevue", "previsionnel": "prevue", "paiement": "reglement", "payment": "reglement",
    "versement": "reglement", "encaissement": "reglement", "regle": "reglement",
    "paye": "reglement", "verse": "reglement", "payee": "reglement",
}  # fmt: skip

CASE_SYNONYMS: dict[str, str] = {
    "reference": (
        "référence dossier|n dossier|id dossier|dossier|référence affaire|id affaire|n affaire|"
        "affaire|référence|référence demande|n demande|id demande|référence intervention|"
        "n intervention|id intervention|référence mission|id mission|référence impayé|"
        "n prestation|référence prestation|n ordre|référence fiche|id|n référence|case id|"
        "case ref|n ref dossier|référence unique|référence partenaire|référence externe"
    ),
    "customer_reference": (
        "référence client|n client|id client|compte client|n compte client|référence compte|"
        "code client|référence abonné|n abonné|code abonné|id abonné|n compte|"
        "compte|partenaire commercial|n partenaire|bp|n tiers|code tiers|customer id|"
        "n titulaire|référence titulaire|référence usager|n usager|référence payeur|n payeur"
    ),
    "contract_number": (
        "n contrat|contrat|référence contrat|id contrat|compte contrat|n compte contrat|"
        "n acte contrat|n abonnement|référence abonnement|contract number|code contrat"
    ),
    "delivery_point": (
        "pdl|prm|pce|pce pdl|pdl pce|pdl prm|prm pdl|prm pce|point livraison|n pdl|n prm|n pce|"
        "référence pdl|référence prm|id pdl|id prm|code pdl|point référence mesure|"
        "point comptage estimation|n point livraison|référence point livraison|pdl prm pce|"
        "n point|point service|référence point|point comptage|pdl elec|pce gaz"
    ),
    "civility": "civilité|civ|titre|civilité client|civilité titulaire|civilité abonné|title",
    "first_name": (
        "prénom|prénom client|prénom titulaire|prénom abonné|prénom nom client|prénom usager|"
        "prénom contact|prénoms|prénom occupant|first name|prénom débiteur|prénom payeur"
    ),
    "full_name": (
        "nom prénom|prénom nom|nom complet|nom prénom client|prénom nom titulaire|"
        "nom prénom titulaire|nom prénom abonné|identité|identité client|nom usage prénom|"
        "civilité nom prénom|civilité nom|full name|nom prénom usager|nom raison sociale|"
        "raison sociale|nom ou raison sociale|client nom prénom|dénomination|titulaire contrat"
    ),
    "last_name": (
        "nom|nom client|nom titulaire|nom abonné|nom famille|nom usage|nom usager|nom occupant|"
        "nom débiteur|nom payeur|titulaire|client|abonné|usager|nom contact|last name|débiteur|"
        "payeur|occupant|nom titulaire contrat|nom foyer|customer|nom patronymique|name"
    ),
    "email": (
        "email|e mail|adresse email|adresse e mail|email client|email titulaire|email contact|"
        "adresse électronique|email abonné|adresse messagerie"
    ),
    "address": (
        "adresse|adresse consommation|adresse point|adresse desservie|adresse client|voie|rue|"
        "adresse pdl|adresse prm|adresse livraison|adresse local|adresse 1|adresse ligne 1|"
        "adresse site|adresse intervention|lieu consommation|n voie|libelle voie|adresse titulaire|"
        "adresse point livraison|adresse abonné|adresse branchement|adresse logement|"
        "adresse postale|adresse complète|n rue|adresse principale|adresse desserte"
    ),
    "address_extra": (
        "complément|complément adresse|adresse 2|adresse ligne 2|adresse complémentaire|"
        "bâtiment|étage|appartement|résidence|bâtiment étage|complément voie|lieu dit|"
        "complément localisation|étage porte|escalier"
    ),
    "postal_code": (
        "code postal|cp|code postale|code post|cp consommation|code postal consommation|cp client|"
        "code postal client|postal code|zip|zip code|cp point livraison|code postal site|"
        "cp site|code postal point|cp desserte"
    ),
    "commune": (
        "commune|ville|localité|nom commune|libelle commune|ville consommation|"
        "commune consommation|ville client|city|commune desservie|libelle ville|nom ville|"
        "commune client|ville site|bureau distributeur"
    ),
    "postal_commune": (
        "code postal commune|code postal ville|cp ville|cp commune|ville code postal|"
        "commune code postal|code postal localité|cp localité|ville cp|commune cp|localité cp"
    ),
    "energy": (
        "énergie|type énergie|fluide|nature énergie|énergies|type contrat énergie|energy|"
        "fluides|type fluide|nature fluide|libelle énergie"
    ),
    "amount": (
        "montant dette|dette|montant impayé|solde dû|montant dû|reste dû|reste à payer|"
        "montant|solde|impayé|montant total dû|montant total dette|montant reste dû|"
        "dette totale|total dû|total dette|solde impayé|solde débiteur|encours|créance|"
        "montant créance|montant solde|montant total|somme due|restant dû|montant restant dû|"
        "montant facture impayée|montant exigible|solde exigible|total impayé|solde compte|"
        "montant reste à payer|solde client|montant impayés|dette échue|montant échu|"
        "montant à recouvrer|debt|montant factures impayées|total à payer|montant à payer|"
        "montant global|dette client"
    ),
    "invoice_date": (
        "date facture|date facturation|date émission|date émission facture|facture date|"
        "date dernière facture|invoice date|date édition|date pièce"
    ),
    "due_date": (
        "date échéance|échéance|date limite paiement|échéance plus ancienne|date exigibilité|"
        "date limite|limite paiement|échéance facture|date échéance facture|exigible|"
        "date échéance plus ancienne|plus ancienne échéance|due date|date exigible|"
        "date plus ancienne échéance"
    ),
    "reminders_count": (
        "nombre relances|relances|nombre relance|n relance|niveau relance|nombre rappels|"
        "nombre relances envoyées"
    ),
    "cutoff_date": (
        "date prévue coupure|date coupure|date coupure prévue|date dpi|dpi|date intervention|"
        "date intervention prévue|date prévue intervention|date suspension|date rendez vous|"
        "date rdv|date limitation|date réduction|date prévue suspension|date réduction puissance|"
        "date déplacement|date déplacement impayé|coupure prévue|date suspension prévue|"
        "date pose|date programmée|coupure|date réalisation prévue"
    ),
    "cutoff_slot": (
        "créneau|créneau horaire|plage horaire|plage|horaire|heure|heure intervention|"
        "créneau intervention|créneau coupure|tranche horaire|heure prévue|créneau prévue|heure rdv"
    ),
    "supplier": (
        "fournisseur|fournisseur énergie|nom fournisseur|supplier|libelle fournisseur|"
        "fournisseur actuel"
    ),
    "energy_cheque": (
        "chèque énergie|bénéficiaire chèque énergie|chèque|ce|top chèque énergie|"
        "bénéficiaire ce|chèque énergie reçu|client chèque énergie|attestation chèque énergie|"
        "top ce|chq énergie"
    ),
    "comment": (
        "commentaire|commentaires|observation|observations|remarque|remarques|note|notes|"
        "informations|information complémentaire|informations complémentaires|précisions|"
        "détail|motif|commentaire client|comment|libre"
    ),
}

PAYMENT_SYNONYMS: dict[str, str] = {
    "reference": CASE_SYNONYMS["reference"],
    "paid_on": (
        "date règlement|date paiement|réglé le|payé le|date encaissement|date versement|"
        "date opération|date valeur|date|date comptable|paid on|reçu le|date réception"
    ),
    "amount": (
        "montant réglé|montant payé|montant versé|montant encaissé|montant règlement|"
        "montant paiement|montant encaissement|règlement|paiement|montant|somme réglée|"
        "versement|encaissement|montant versement|somme versée|amount|crédit"
    ),
    "method": (
        "mode paiement|mode règlement|moyen paiement|moyen règlement|type paiement|"
        "type règlement|méthode paiement|canal paiement|mode encaissement|mode|nature règlement|"
        "mode versement|method"
    ),
    "payment_reference": (
        "référence règlement|référence paiement|n règlement|n paiement|id règlement|id paiement|"
        "référence encaissement|référence versement|n transaction|référence transaction|"
        "id transaction|référence opération|n opération|référence pièce|n pièce|n quittance"
    ),
}

_PHONE_TITLES = (
    "téléphone|tél|tel|mobile|portable|fixe|gsm|téléphone mobile|téléphone portable|"
    "téléphone fixe|tél mobile|tél fixe|tél portable|téléphone 1|téléphone 2|téléphone 3|"
    "tel 1|tel 2|tel 3|numéro téléphone|n téléphone|domicile"
)

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


@lru_cache(maxsize=4_096)
def canonical(header: str) -> str:
    """The words of a title that matter, each in one spelling: 'N° de dossier' gives 'n dossier'."""
    words = [_ALIKE.get(word, word) for word in header_key(header).split()]
    kept = [word for word in words if word not in _SMALL_WORDS] or words
    return " ".join(_singular(word) for word in kept)


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith(("s", "x")) else word


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


def _by_title(synonyms: dict[str, str]) -> dict[str, tuple[str, int]]:
    """{canonical title: (field, rank)}; a title belongs to the first field that claims it."""
    table: dict[str, tuple[str, int]] = {}
    for field, titles in synonyms.items():
        for rank, title in enumerate(titles.split("|")):
            table.setdefault(canonical(title), (field, rank))
    return table


CASE_TITLES = _by_title(CASE_SYNONYMS)
PAYMENT_TITLES = _by_title(PAYMENT_SYNONYMS)
# titles that leave no doubt, as `header_key` writes them
TITLES_KNOWN = frozenset(
    header_key(title)
    for titles in (*CASE_SYNONYMS.values(), *PAYMENT_SYNONYMS.values(), _PHONE_TITLES)
    for title in titles.split("|")
)


_DATES = ("invoice_date", "due_date", "cutoff_date", "paid_on")


def names_a_date(title: str) -> bool:
    """Whether a column by this title holds days."""
    said = canonical(title)
    fields = {CASE_TITLES.get(said, ("",))[0], PAYMENT_TITLES.get(said, ("",))[0]}
    return not fields.isdisjoint(_DATES) or "date" in said.split()


def phone_rank(header: str) -> int | None:
    """None when the title is no phone; else the order in which to try it, mobile first."""
    words = canonical(header).split()
    if "email" in words or "date" in words or not _PHONE_WORDS & set(words):
        return None
    for rank, marks in enumerate(_PHONE_ORDER):
        if any(mark in words for mark in marks):
            return rank
    return len(_PHONE_ORDER) // 2


_PHONE_WORDS = {"tel", "mobile", "domicile", "fixe", "tel1", "tel2", "tel3", "telephone1",
                "telephone2", "telephone3", "bureau", "gsm"}  # fmt: skip
_PHONE_ORDER = (
    ("1", "tel1", "telephone1", "principal"),
    ("mobile",),
    ("generic",),
    ("fixe", "domicile"),
    ("2", "tel2", "telephone2", "secondaire", "autre"),
    ("bureau", "professionnel", "pro", "3", "tel3", "telephone3", "travail"),
)


def recognised(headers: Iterable[str], known: frozenset[str] = frozenset()) -> int:
    """How many different fields these titles name: the row that names most is the header row.

    `known` holds further canonical titles, those of a partner's profile.
    """
    found: set[str] = set()
    for header in headers:
        title = canonical(header)
        if not title or len(header) > 80:
            continue
        if title in known:
            found.add(title)
        elif title in CASE_TITLES:
            found.add(CASE_TITLES[title][0])
        elif title in PAYMENT_TITLES:
            found.add(PAYMENT_TITLES[title][0])
        elif (rank := phone_rank(header)) is not None:
            found.add(f"phone {rank}")
    return len(found)
