"""What a lead decides about a kind of problem, for one file, before it is imported.

The first choice of each is what happens when nobody decides. A decision that is the first choice
is not kept.
"""

from collections.abc import Mapping
from types import MappingProxyType

from energymed.base.dates import DateOrder
from energymed.base.errors import BadInput
from energymed.base.i18n import N_
from energymed.intake.codes import HOLDING, WARNINGS, FileDoubt, FileKind, ProblemCode

Decisions = Mapping[str, str]

UNDECIDED: Decisions = MappingProxyType({})
WITHOUT = "without"  # the line is imported without its date
NEW_PHONE = "new_phone"  # no problem, but a choice: a known person's file has another number

_WARNED = {"keep": N_("Les retenir"), "leave_out": N_("Les laisser de côté")}
_HELD = {"hold": N_("Les laisser de côté, à décider"), "accept": N_("Les accepter")}
_OUTSIDE = {"keep": N_("Les importer quand même"), "hold": _HELD["hold"]}
_WAITS = {"hold": _HELD["hold"]}
AS_PAYMENTS, AS_REVERSALS, LATEST = "payment", "reversal", "latest"
_RECEIVED = {AS_PAYMENTS: N_("Les compter comme des règlements reçus")}
NEW_HOLDER, SAME_PERSON = "new_holder", "same_person"
SAME_CASE, TWO_CASES = "same", "different"
UNDECIDABLE = (ProblemCode.REVERSAL_UNMATCHED, ProblemCode.HOLDER_IN_CALL)
CHOICES: dict[str, dict[str, str]] = {
    ProblemCode.CONFLICTING_DUPLICATE: {
        "reject": N_("Les rejeter toutes"),
        "newest": N_("Garder la plus récente de chaque référence"),
    },
    ProblemCode.AMOUNT_NOT_POSITIVE: {
        "reject": N_("Les rejeter"),
        "settled": N_("Zéro : clore le dossier connu comme réglé"),
    },
    NEW_PHONE: {
        "add": N_("Garder les deux numéros"),
        "ignore": N_("Garder seulement les numéros connus"),
    },
    **dict.fromkeys(WARNINGS, _WARNED),
    # nothing is there that an unmatched reversal could take back; a holder in call can but wait
    **{code: _HELD for code in HOLDING if code not in UNDECIDABLE},
    ProblemCode.BELOW_AMOUNT: _OUTSIDE,
    ProblemCode.TOO_RECENT: _OUTSIDE,
    ProblemCode.HOLDER_CHANGED: {
        **_WAITS,
        NEW_HOLDER: N_("Nouveau titulaire : ouvrir son dossier, clore l'ancien (déménagé)"),
        SAME_PERSON: N_("Même personne (mariage, faute de frappe)"),
        "reject": N_("Les rejeter"),
    },
    ProblemCode.REFERENCE_CHANGED_SHAPE: {
        **_WAITS,
        SAME_CASE: N_("Même dossier : il reprend la ligne et garde sa référence"),
        TWO_CASES: N_("Deux dossiers différents"),
    },
    ProblemCode.PAYMENT_PENDING: {**_WAITS, **_RECEIVED},
    ProblemCode.PAYMENT_UNCLEAR: {
        **_WAITS,
        **_RECEIVED,
        AS_REVERSALS: N_("Les compter comme des rejets ou remboursements"),
    },
    ProblemCode.REVERSAL_AMBIGUOUS: {
        **_WAITS,
        LATEST: N_("Annuler le plus récent de ces règlements"),
    },
    ProblemCode.DATE_ORDER: {
        "hold": N_("Les laisser de côté, à décider"),
        DateOrder.DAY_FIRST: N_("Lire le jour avant le mois"),
        DateOrder.MONTH_FIRST: N_("Lire le mois avant le jour"),
    },
    ProblemCode.IMPLAUSIBLE_DATE: {
        "hold": N_("Les laisser de côté, à décider"),
        WITHOUT: N_("Les accepter sans cette date"),
        "accept": N_("Les accepter"),
    },
}
_STOP_OR_NOT = {
    "stop": N_("Ne pas l'importer"),
    "go_on": N_("C'est bien le bon fichier : l'importer"),
}
CHOICES |= {
    FileDoubt.OTHER_SENDER: _STOP_OR_NOT,
    FileDoubt.KNOWN_ELSEWHERE: _STOP_OR_NOT,
    FileDoubt.AMOUNTS_JUMPED: _STOP_OR_NOT,
    FileDoubt.AMOUNTS_FELL: _STOP_OR_NOT,
    FileDoubt.OLDER_WEEK: {
        "new_only": N_("Ne créer que les dossiers nouveaux, sans toucher aux connus"),
        "go_on": N_("Reprendre aussi ses montants, plus anciens"),
    },
    FileDoubt.MANY_GONE: {
        "partial": N_("C'est une partie du fichier : personne n'est absent"),
        "whole": N_("C'est le fichier entier : les autres dossiers sont absents"),
    },
}
_CASES_ONLY_CHOICES = (WITHOUT,)  # a payment has its day
# an appointment or a cut-off notice has no amount
_DEBTS_ONLY = (
    ProblemCode.AMOUNT_NOT_POSITIVE, ProblemCode.BELOW_AMOUNT, ProblemCode.TOO_RECENT,
)  # fmt: skip
_CASES_ONLY = (
    ProblemCode.CONFLICTING_DUPLICATE,
    ProblemCode.AMOUNT_NOT_POSITIVE,
    NEW_PHONE,
    ProblemCode.HOLDER_CHANGED,
    ProblemCode.REFERENCE_CHANGED_SHAPE,
    *WARNINGS,
)


def choices(code: str, kind: FileKind) -> dict[str, str]:
    """{choice: French label} for a problem code in a file of this kind; empty when none is sound.

    The first is the usual one.
    """
    if (kind == FileKind.PAYMENTS and code in _CASES_ONLY) or (
        code in _DEBTS_ONLY and kind != FileKind.UNPAID_BILL
    ):
        return {}
    found = CHOICES.get(code, {})
    if kind == FileKind.PAYMENTS:
        return {name: label for name, label in found.items() if name not in _CASES_ONLY_CHOICES}
    return found


def decided(before: Decisions, code: str, choice: str, kind: FileKind) -> dict[str, str]:
    """The decisions of a file with one more.

    Raises:
        BadInput: there is no such choice for this kind of file.
    """
    sound = choices(code, kind)
    if choice not in sound:
        raise BadInput(N_("Ce choix n'existe pas : rechargez la page."))
    others = {name: value for name, value in before.items() if name != code}
    return others if choice == next(iter(sound)) else {**others, code: choice}


def left_out(decisions: Decisions) -> tuple[ProblemCode, ...]:
    """Warnings that reject their lines in this file, by decision."""
    return tuple(ProblemCode(code) for code, choice in decisions.items() if choice == "leave_out")


def accepted(decisions: Decisions, code: ProblemCode) -> bool:
    """Whether it is decided that the lines that this problem holds are imported all the same."""
    return decisions.get(code) == "accept"
