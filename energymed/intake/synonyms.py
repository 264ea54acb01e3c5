"""How utilities name their columns, for each of our fields, best name first.

Titles are compared by `canonical`: accents, case and punctuation aside, small words dropped,
'Réf.', 'Référence' and 'N° de référence' alike. So one entry stands for many spellings.
"""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from energymed.base.text.folding import header_key
from energymed.intake.supply_titles import SUPPLY_SYNONYMS

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
        "euros",
        "ttc",
    ]
)
_LAST_WORDS = ("du", "le")  # of a title: 'Montant dû', 'Réglé le'
_PLURAL = re.compile(r"\((?:s|e|es|x)\)", re.IGNORECASE)
_CAMEL = re.compile(r"(?<=[a-zéèê])(?=[A-ZÉ])")  # RefDossier
_IN_BRACKETS = re.compile(r"[(\[][^)\]]*[)\]]")
_UTILITIES = frozenset(
    ["edf", "engie", "enedis", "grdf", "veolia", "suez", "saur", "totalenergies", "pimms", "sgc"]
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
    "paye": "reglement", "verse": "reglement", "payee": "reglement", "encaisse": "reglement",
}  # fmt: skip

CASE_SYNONYMS: dict[str, str] = {
    "reference": (
        "référence dossier|n dossier|id dossier|dossier|référence affaire|id affaire|n affaire|"
        "affaire|référence|référence demande|n demande|id demande|référence intervention|"
        "n intervention|id intervention|référence mission|id mission|référence impayé|"
        "n prestation|référence prestation|n ordre|référence fiche|id|n référence|case id|"
        "case ref|n ref dossier|référence unique|référence partenaire|référence externe|"
        "code dossier|n mission|n fiche|n dpi|référence dpi|n rdv|n rendez vous|référence rdv"
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
        "nom prénom titulaire contrat|nom prénom occupant|nom prénom débiteur|"
        "raison sociale|nom ou raison sociale|client nom prénom|dénomination|titulaire contrat"
    ),
    "last_name": (
        "nom|nom client|nom titulaire|nom abonné|nom famille|nom usage|nom usager|nom occupant|"
        "nom débiteur|nom payeur|titulaire|client|abonné|usager|nom contact|last name|débiteur|"
        "payeur|occupant|nom titulaire contrat|nom foyer|customer|nom patronymique|name|"
        "redevable|nom redevable|locataire|nom locataire|souscripteur|nom souscripteur"
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
        "cp site|code postal point|cp desserte|c p|cp local|code postal local"
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
        "solde restant dû|restant dû|montant restant dû|montant reste dû|montant reste à payer|"
        "reste à régler|reste à recouvrer|solde restant|montant total dû|montant total dette|"
        "dette totale|total dû|total dette|solde impayé|solde débiteur|impayé|total impayé|"
        "montant total impayé|encours|créance|montant créance|somme due|montant non réglé|"
        "montant facture impayée|montant total facture impayée|montant exigible|solde exigible|"
        "dette exigible|dette échue|dette actuelle|dette restante|dette globale|dette client|"
        "dette énergie|arriéré|montant arriéré|montant échu|montant à recouvrer|montant à régler|"
        "montant à payer|total à payer|solde à payer|solde client|solde compte|montant solde|debt|"
        "solde|montant impayé total|montant facture|montant global|montant total|montant|total"
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
        "date pose|date programmée|coupure|date réalisation prévue|date heure intervention|"
        "date intervention dpi|date prévue dpi|date prévue|intervention prévue le|"
        "intervention prévue|date passage|date passage prévue|passage prévu le|date pose linky|"
        "date heure rdv|date heure rendez vous|date heure coupure|coupure prévue le"
    ),
    "cutoff_slot": (
        "créneau|créneau horaire|plage horaire|plage|horaire|heure|heure intervention|"
        "créneau intervention|créneau coupure|tranche horaire|heure prévue|créneau prévue|"
        "heure rdv|heure passage|créneau passage|créneau rdv|créneau rendez vous"
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
    **SUPPLY_SYNONYMS,
}

PAYMENT_SYNONYMS: dict[str, str] = {
    "reference": CASE_SYNONYMS["reference"],
    "paid_on": (
        "date règlement|date paiement|réglé le|payé le|date encaissement|date versement|"
        "encaissé le|versé le|date opération|date valeur|date|date comptable|paid on|reçu le|"
        "date réception"
    ),
    "amount": (
        "montant réglé|montant payé|montant versé|montant encaissé|montant règlement|"
        "montant paiement|montant encaissement|règlement|paiement|montant|somme réglée|"
        "versement|encaissement|montant versement|somme versée|montant reçu|montant perçu|"
        "somme reçue|total réglé|total versé|amount|crédit"
    ),
    "method": (
        "mode paiement|mode règlement|moyen paiement|moyen règlement|type paiement|"
        "type règlement|méthode paiement|canal paiement|mode encaissement|mode|nature règlement|"
        "mode versement|method"
    ),
    "payment_reference": (
        "référence règlement|référence paiement|n règlement|n paiement|id règlement|id paiement|"
        "référence encaissement|référence versement|n transaction|référence transaction|"
        "id transaction|référence opération|n opération|référence pièce|n pièce|n quittance|"
        "n chèque|référence chèque"
    ),
    "status": (
        "statut règlement|statut paiement|état règlement|état paiement|statut|état|situation|"
        "statut prélèvement|état prélèvement|statut opération|état opération|statut transaction|"
        "statut encaissement|libelle statut|code statut|libelle état|code état|résultat|"
        "résultat prélèvement|résultat paiement|payment status|status|état bancaire|"
        "statut bancaire|situation paiement|type opération|nature opération|sens opération|"
        "type mouvement|nature mouvement|type écriture|statut virement|statut chèque"
    ),
    "rejection": (
        "motif rejet|code rejet|libelle rejet|raison rejet|cause rejet|date rejet|rejet|rejeté|"
        "rejeté le|motif impayé|code motif rejet|libelle motif rejet|code retour|motif retour|"
        "motif annulation|date annulation|annulé|annulé le|annulation|motif incident|date impayé|"
        "incident paiement|code incident|remboursé le|date remboursement|motif remboursement|"
        "motif échec|motif refus|code refus|return reason|reject reason|reason code|r transaction"
    ),
    "label": (
        "libelle règlement|libelle paiement|libelle|libelle opération|libelle mouvement|"
        "libelle écriture|intitulé|désignation|description|commentaire|commentaires|observation|"
        "observations|remarque|remarques|motif|note|détail|information|informations|label|memo"
    ),
}

_PHONE_TITLES = (
    "téléphone|tél|tel|mobile|portable|fixe|gsm|téléphone mobile|téléphone portable|"
    "téléphone fixe|tél mobile|tél fixe|tél portable|téléphone 1|téléphone 2|téléphone 3|"
    "tel 1|tel 2|tel 3|numéro téléphone|n téléphone|domicile"
)


@lru_cache(maxsize=4_096)
def canonical(header: str) -> str:
    """The words of a title that matter, each in one spelling: 'N° de dossier' gives 'n dossier'.

    'dû' and 'le' count where a title ends with them ('Montant dû', 'Réglé le'); so does the
    number sign where it ends one ('Dossier n°'). A day to which an amount stands does not.
    """
    words = [_one_spelling(word) for word in header_key(_PLURAL.sub("", header)).split()]
    end = next((at for at, word in enumerate(words) if word == "au" and _is_day(words, at)), None)
    words = words[: end or None]
    while len(words) > 1 and words[-1] in _SMALL_WORDS and words[-1] not in _LAST_WORDS:
        words.pop()
    kept = [word for word in words[:-1] if word not in _SMALL_WORDS] + words[-1:]
    if len(kept) > 1 and kept[-1] == "n":
        kept = ["n", *kept[:-1]]
    return " ".join(kept)


def known_title(titles: Mapping[str, tuple[str, int]], header: str) -> tuple[str, int] | None:
    """The field and rank of a title, as it stands or without what is only said beside it.

    That is words in brackets, and the names of utilities: 'Référence EDF', 'Montant (TTC)'. Words
    may also be told apart by capitals alone: 'RefDossier'.
    """
    bare = _IN_BRACKETS.sub(" ", header)
    for spelling in (header, bare, _without_utilities(bare), _CAMEL.sub(" ", header)):
        if spelling.strip() and (found := titles.get(canonical(spelling))):
            return found
    return None


def _without_utilities(header: str) -> str:
    return " ".join(word for word in header_key(header).split() if word not in _UTILITIES)


def _one_spelling(word: str) -> str:
    single = _singular(word)
    return _ALIKE.get(word) or _ALIKE.get(single) or single


def _is_day(words: list[str], at: int) -> bool:
    return at > 0 and at + 1 < len(words) and words[at + 1].isdecimal()


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith(("s", "x")) else word


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


_DATES = (
    "invoice_date", "due_date", "cutoff_date", "limited_since", "cut_since", "terminated_since",
    "first_letter_on", "second_letter_on", "paid_on",
)  # fmt: skip


def names_a_date(title: str) -> bool:
    """Whether a column by this title holds days."""
    tables = (CASE_TITLES, PAYMENT_TITLES)
    fields = {found[0] for table in tables if (found := known_title(table, title))}
    return not fields.isdisjoint(_DATES) or "date" in canonical(title).split()


def names_a_document(title: str) -> bool:
    """Whether a column by this title holds the number of an invoice, a cheque or the like."""
    words = canonical(title).split()
    numbered = bool(words) and words[0] in ("n", "ref", "id", "code")
    return numbered and not _DOCUMENTS.isdisjoint(words)


_DOCUMENTS = frozenset(["facture", "piece", "cheque", "avis", "quittance", "ecriture"])


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
        elif name := known_title(CASE_TITLES, header) or known_title(PAYMENT_TITLES, header):
            found.add(name[0])
        elif (rank := phone_rank(header)) is not None:
            found.add(f"phone {rank}")
    return len(found)
