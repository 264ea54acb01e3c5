"""Codes of an intake: kinds and states of files, outcomes and problems of their lines."""

from energymed.base.codes import Code
from energymed.base.i18n import N_
from energymed.partners.codes import CampaignKind


class FileKind(Code):
    """What a file holds: the cases of a mission, or payments."""

    UNPAID_BILL = "unpaid_bill", CampaignKind.UNPAID_BILL.label
    CUTOFF_NOTICE = "cutoff_notice", CampaignKind.CUTOFF_NOTICE.label
    APPOINTMENT = "appointment", CampaignKind.APPOINTMENT.label
    PAYMENTS = "payments", N_("Règlements confirmés")


class BatchState(Code):
    """Where a file stands between its arrival and its end."""

    DEPOSITED = "deposited", N_("Déposé, à valider")
    PREVIEW = "preview", N_("À contrôler")
    COMMITTED = "committed", N_("Importé")
    UNDONE = "undone", N_("Annulé")
    DISCARDED = "discarded", N_("Abandonné")


PENDING_STATES = (BatchState.DEPOSITED, BatchState.PREVIEW)  # somebody may still decide


class BatchOrigin(Code):
    """Who brought a file: the site, the partner on its desk, or the watched folder."""

    SITE = "site"
    DESK = "desk"
    INBOX = "inbox"


class RowOutcome(Code):
    """What became of a line of a file."""

    CREATED = "created", N_("Créé")
    UPDATED = "updated", N_("Modifié")
    UNCHANGED = "unchanged", N_("Inchangé")
    REJECTED = "rejected", N_("Rejeté")
    HELD = "held", N_("À décider")
    DUPLICATE = "duplicate", N_("Doublon")
    RECORDED = "recorded", N_("Enregistré")


LEFT_ASIDE = (RowOutcome.REJECTED, RowOutcome.HELD)  # nothing of them is written


class DiscardReason(Code):
    """Why a file was refused; `on_arrival`: the watched folder itself did, its note says why."""

    COLUMNS = "columns", N_("Des colonnes attendues manquent ou ne se lisent pas")
    ERRORS = "errors", N_("Trop de lignes sont à corriger")
    PERIOD = "period", N_("Ce n'est pas la période attendue")
    RECEIVED = "received", N_("Ces dossiers nous sont déjà parvenus")
    SITE = "site", N_("Ce fichier n'est pas pour notre site")
    OTHER = "other", N_("Autre motif")
    ON_ARRIVAL = "on_arrival"


# those that a person may give
DISCARD_REASONS = {reason: reason.label for reason in DiscardReason if reason.label}


class SensitiveKind(Code):
    """What a column may hold that is never kept (DOMAIN §12)."""

    NIR = "nir", N_("numéro de sécurité sociale")
    BANK = "bank", N_("coordonnées bancaires")
    CARD = "card", N_("carte bancaire")
    BIRTH = "birth", N_("naissance ou âge")
    FAMILY = "family", N_("parents")
    TAX = "tax", N_("numéro fiscal")
    INCOME = "income", N_("revenus")
    HEALTH = "health", N_("santé")
    ORIGIN = "origin", N_("nationalité, origine ou religion")
    IDENTITY = "identity", N_("pièce d'identité")
    SECRET = "secret", N_("mot de passe")


class FileDoubt(Code):
    """Why a whole file may not be what it seems; the label is the sentence that asks."""

    OTHER_SENDER = (
        "other_sender",
        N_("Ce fichier ressemble à ceux de « %(partner)s », un autre partenaire."),
    )
    KNOWN_ELSEWHERE = (
        "known_elsewhere",
        N_(
            "%(count)s personnes sur les %(rows)s premières lignes sont déjà suivies ici pour un "
            "autre partenaire, sous le même nom et le même numéro."
        ),
    )
    AMOUNTS_JUMPED = (
        "amounts_jumped",
        N_("Les montants sont environ %(times)s fois plus élevés que ceux que nous connaissons."),
    )
    AMOUNTS_FELL = (
        "amounts_fell",
        N_("Les montants sont environ %(times)s fois plus bas que ceux que nous connaissons."),
    )
    OLDER_WEEK = (
        "older_week",
        N_("Un fichier plus récent, « %(file)s », est déjà importé (montants du %(date)s)."),
    )
    MANY_GONE = (
        "many_gone",
        N_("%(gone)s dossiers sur les %(known)s du fichier précédent ne sont plus cités."),
    )


class HouseholdSign(Code):
    """What we know of the household of a new line, without being a problem (DOMAIN §15)."""

    REPEAT = "repeat", N_("Foyer déjà signalé récemment par ce partenaire.")
    REPEAT_WITH_PLAN = (
        "repeat_with_plan",
        N_("Foyer déjà signalé, avec un échéancier en cours à la clôture."),
    )
    SEVERAL = "several", N_("Foyer suivi aussi pour d'autres partenaires.")


class Severity(Code):
    """Whether a problem rejects its line or only warns about it."""

    ERROR = "error"
    WARNING = "warning"


class ProblemCode(Code):
    """What may be wrong with a line; the label is the sentence, whose places `params` fill."""

    MISSING_REFERENCE = "missing_reference", N_("La référence du dossier est absente ou abîmée.")
    MISSING_NAME = "missing_name", N_("Le nom de la personne est absent.")
    BAD_AMOUNT = "bad_amount", N_("Le montant « %(value)s » ne peut pas être lu.")
    AMOUNT_NOT_POSITIVE = (
        "amount_not_positive",
        N_("Le montant « %(value)s » n'est pas une somme due."),
    )
    CONFLICTING_DUPLICATE = (
        "conflicting_duplicate",
        N_("La même référence est aux lignes %(rows)s avec un contenu différent."),
    )
    TOO_LONG = "too_long", N_("« %(column)s » dépasse %(limit)s caractères.")
    TOO_MANY_CELLS = (
        "too_many_cells",
        N_(
            "La ligne a plus de cellules que d'en-têtes : un séparateur sans guillemets s'y est "
            "glissé et ses colonnes sont décalées."
        ),
    )
    HIDDEN_ROW = (
        "hidden_row",
        N_("La ligne est masquée dans le classeur, par un filtre ou à la main."),
    )
    NO_PHONE = "no_phone", N_("Aucun numéro de téléphone utilisable.")
    BAD_PHONE = "bad_phone", N_("Le numéro de téléphone « %(value)s » n'est pas utilisable.")
    BAD_DATE = "bad_date", N_("La date « %(value)s » n'existe pas ou ne peut pas être lue.")
    BAD_POSTAL_CODE = "bad_postal_code", N_("Le code postal « %(value)s » n'est pas valable.")
    DELIVERY_POINT_DAMAGED = (
        "delivery_point_damaged",
        N_("Le point de livraison « %(value)s » est incomplet ou abîmé."),
    )
    COMMENT_CUT = "comment_cut", N_("Le commentaire a été coupé à %(limit)s caractères.")
    SENSITIVE_TEXT = (
        "sensitive_text",
        N_(
            "Un numéro de sécurité sociale, un IBAN, un numéro de carte ou une date de naissance a "
            "été retiré du texte."
        ),
    )
    CUTOFF_IN_TRUCE = (
        "cutoff_in_truce",
        N_("La coupure du %(date)s tombe pendant la trêve hivernale."),
    )
    NOTHING_SAID = (
        "nothing_said",
        N_("« %(value)s » ne dit rien : la colonne est tenue pour vide sur cette ligne."),
    )
    # an error where it is the reference of the case or the name, which no line can do without
    REFERENCE_DAMAGED = (
        "reference_damaged",
        N_("« %(value)s » n'est plus une référence : un tableur l'a transformée."),
    )
    NAME_DAMAGED = (
        "name_damaged",
        N_("« %(value)s » n'est pas un nom : un tableur l'a sans doute transformé."),
    )
    PHONE_REMARK = (
        "phone_remark",
        N_("Une mention accompagne le numéro : « %(remark)s »."),
    )
    AMOUNT_ROUNDED = (
        "amount_rounded",
        N_("Le montant « %(value)s » a plus de deux décimales : il est arrondi au centime."),
    )
    DATE_ORDER = (
        "date_order",
        N_("« %(value)s » se lit de deux façons : jour avant mois, ou mois avant jour."),
    )
    IMPLAUSIBLE_DATE = (
        "implausible_date",
        N_("La date « %(value)s » est trop lointaine pour être juste."),
    )
    PERSON_SAID_OTHERWISE = (
        "person_said_otherwise",
        N_("La personne a dit autre chose que la colonne « %(column)s » : sa parole est gardée."),
    )
    # errors found only when the file is compared with what is there
    UNKNOWN_REFERENCE = (
        "unknown_reference",
        N_("Aucun dossier de ce partenaire ne porte cette référence."),
    )
    OTHER_SITE = (
        "other_site",
        N_("Un dossier ouvert de cette référence est suivi par un autre site."),
    )
    PAYMENT_DIFFERS = (
        "payment_differs",
        N_("Ce règlement est déjà enregistré, avec un autre montant ou un autre jour (%(date)s)."),
    )
    FUTURE_PAYMENT = (
        "future_payment",
        N_("Le règlement est daté du %(date)s, un jour qui n'est pas encore venu."),
    )
    PAYMENT_PENDING = (
        "payment_pending",
        N_("« %(value)s » : la somme n'est pas encore reçue."),
    )
    PAYMENT_UNCLEAR = (
        "payment_unclear",
        N_("« %(value)s » ne dit pas si la somme est reçue, rejetée ou remboursée."),
    )
    REVERSAL_UNMATCHED = (
        "reversal_unmatched",
        N_(
            "« %(value)s » annonce un règlement rejeté ou remboursé, et aucun règlement "
            "enregistré du même montant ne lui correspond."
        ),
    )
    REVERSAL_AMBIGUOUS = (
        "reversal_ambiguous",
        N_(
            "« %(value)s » annonce un règlement rejeté ou remboursé, et plusieurs règlements "
            "enregistrés ont ce montant."
        ),
    )

    HOLDER_CHANGED = (
        "holder_changed",
        N_(
            "La référence est connue sous un autre nom, avec un autre numéro ou une autre "
            "adresse : est-ce encore la même personne ?"
        ),
    )
    HOLDER_IN_CALL = (
        "holder_in_call",
        N_(
            "Le titulaire a changé, mais un médiateur est en appel sur le dossier de l'ancien : "
            "réessayez ensuite."
        ),
    )
    REFERENCE_CHANGED_SHAPE = (
        "reference_changed_shape",
        N_("« %(value)s » ressemble à « %(known)s », un dossier ouvert de la même personne."),
    )
    # outside the convention: warnings, or held where that is decided
    BELOW_AMOUNT = (
        "below_amount",
        N_("Le montant, %(value)s, est sous le seuil de la convention (%(least)s)."),
    )
    TOO_RECENT = (
        "too_recent",
        N_("La dette a %(days)s j, moins que l'ancienneté de la convention (%(least)s j)."),
    )
    # a warning of payments
    REFERENCE_READ_AS = (
        "reference_read_as",
        N_("« %(value)s » est lu comme la référence « %(known)s »."),
    )

    @property
    def severity(self) -> Severity:
        """What it usually is: a kind of file, or a decision, may take a warning for an error."""
        return Severity.WARNING if self in WARNINGS else Severity.ERROR


WARNINGS = (
    ProblemCode.NO_PHONE,
    ProblemCode.BAD_PHONE,
    ProblemCode.BAD_DATE,
    ProblemCode.BAD_POSTAL_CODE,
    ProblemCode.DELIVERY_POINT_DAMAGED,
    ProblemCode.COMMENT_CUT,
    ProblemCode.SENSITIVE_TEXT,
    ProblemCode.CUTOFF_IN_TRUCE,
    ProblemCode.NOTHING_SAID,
    ProblemCode.REFERENCE_DAMAGED,
    ProblemCode.NAME_DAMAGED,
    ProblemCode.PHONE_REMARK,
    ProblemCode.AMOUNT_ROUNDED,
    ProblemCode.PERSON_SAID_OTHERWISE,
    ProblemCode.REFERENCE_READ_AS,
    ProblemCode.BELOW_AMOUNT,
    ProblemCode.TOO_RECENT,
)
# errors that only a person can decide: their lines are held, not rejected
HOLDING = (
    ProblemCode.FUTURE_PAYMENT,
    ProblemCode.HIDDEN_ROW,
    ProblemCode.DATE_ORDER,
    ProblemCode.IMPLAUSIBLE_DATE,
    ProblemCode.PAYMENT_PENDING,
    ProblemCode.PAYMENT_UNCLEAR,
    ProblemCode.REVERSAL_UNMATCHED,
    ProblemCode.REVERSAL_AMBIGUOUS,
    ProblemCode.HOLDER_CHANGED,
    ProblemCode.HOLDER_IN_CALL,
    ProblemCode.REFERENCE_CHANGED_SHAPE,
    ProblemCode.BELOW_AMOUNT,
    ProblemCode.TOO_RECENT,
)
