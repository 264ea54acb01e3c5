"""What the person takes along: a referral, the papers of a request, the energy cheque. In French,
for `base.pdf`; each says what was agreed and no more, and asks for nothing.
"""

from collections.abc import Sequence
from datetime import date

from flask_babel import force_locale
from flask_babel import gettext as _

from energymed.base.pdf import Facts, Part, Picture
from energymed.cases.models import Case
from energymed.mediation.aids import DOCUMENTS
from energymed.mediation.codes import ReferralMode
from energymed.mediation.directory import AnyRow
from energymed.mediation.models import AidRequest, Referral
from energymed.mediation.referral_links import check_consent
from energymed.messages.letters.codes import LetterKind, LetterVariant
from energymed.partners.cheque_campaigns import ChequeCampaign
from energymed.web.shared.address_code import code_of
from energymed.web.shared.directory_names import name_with_kind
from energymed.web.shared.letters.page import (
    FRENCH,
    Download,
    Told,
    as_download,
    letter_of,
    long_day,
)

CHEQUE_PAPERS = ("identity", "tax_notice")


def referral_letter(
    referral: Referral, variant: LetterVariant, today: date, address: str = ""
) -> Download:
    """Where the person was pointed to, and what they agreed that may be passed on.

    Args:
        address: of the link by which the body answers, where the sheet goes with it.

    Raises:
        Refused: the person's consent does not stand.
    """
    check_consent(referral)
    told = referral_told(referral, variant, address)
    letter = letter_of(referral.case, told, variant, today)
    return as_download(letter, f"orientation-{referral.case.reference}")


def papers_letter(aid: AidRequest, variant: LetterVariant, today: date) -> Download:
    """Which papers of a request are still to be brought, and to whom."""
    letter = letter_of(aid.case, papers_told(aid), variant, today)
    return as_download(letter, f"pieces-{aid.case.reference}")


def cheque_letter(
    case: Case, campaign: ChequeCampaign, variant: LetterVariant, today: date
) -> Download:
    """How to ask for a cheque that did not come, and the days of the running campaign."""
    letter = letter_of(case, cheque_told(campaign), variant, today)
    return as_download(letter, f"cheque-energie-{case.reference}")


def sheet_told(sheet: Referral | AidRequest | ChequeCampaign, variant: LetterVariant) -> Told:
    """What the sheet of a referral, of a request or of a campaign tells."""
    if isinstance(sheet, Referral):
        return referral_told(sheet, variant)
    return papers_told(sheet) if isinstance(sheet, AidRequest) else cheque_told(sheet)


def referral_told(referral: Referral, variant: LetterVariant, address: str = "") -> Told:
    """What the sheet of a referral tells."""
    row = referral.listed
    with force_locale(FRENCH):
        name = name_with_kind(referral.body, row)
        values = {
            "jour": long_day(referral.referred_on),
            "organisme": name,
            "transmission": _passed_on(referral.mode, variant),
        }
        details: list[Part] = [
            Facts([(_("Organisme"), name), *_contact(row),
                   (_("Motif"), _(referral.reason.label)), (_("Mode"), _(referral.mode.label)),
                   *_agreed_days(referral), (_("Numéro de l'orientation"), referral.number)]),
            *_papers(row.documents if row else ()),
        ]  # fmt: skip
        return Told(LetterKind.REFERRAL, values, details, _to_answer(address))


def papers_told(aid: AidRequest) -> Told:
    """What the list of papers of a request tells."""
    row = aid.listed
    with force_locale(FRENCH):
        details: list[Part] = [
            *_papers(aid.to_bring),
            Facts([*_contact(row), (_("Demande ouverte le"), long_day(aid.opened_on))]),
        ]
        return Told(LetterKind.PAPERS, {"fonds": name_with_kind(aid.fund, row)}, details)


def cheque_told(campaign: ChequeCampaign) -> Told:
    """What the sheet of the energy cheque tells."""
    with force_locale(FRENCH):
        days = [(_("À utiliser jusqu'au"), long_day(campaign.spend_until)),
                (_("Protections jusqu'au"), long_day(campaign.protections_end))]  # fmt: skip
        if campaign.ask_until:
            days.insert(0, (_("À demander jusqu'au"), long_day(campaign.ask_until)))
        details: list[Part] = [
            *_papers(CHEQUE_PAPERS, _("une attestation de fourniture de moins de trois mois, avec "
                                      "le point de livraison (PDL)")),
            Facts([(_("Campagne"), str(campaign.year)), *days,
                   (_("Assistance"), _("0 805 204 805 (appel gratuit)"))]),
        ]  # fmt: skip
    return Told(LetterKind.CHEQUE, {"annee": str(campaign.year)}, details)


def _agreed_days(referral: Referral) -> list[tuple[str, str]]:
    """The appointment, and the day of the consent; nothing of what is not known."""
    days = (
        (_("Rendez-vous le"), referral.appointment_on), (_("Votre accord du"), referral.consent_on),
    )  # fmt: skip
    return [(label, long_day(day)) for label, day in days if day]


def _to_answer(address: str) -> list[Part]:
    """For the body: where it says, without an account, what came of it."""
    if not address:
        return []
    beside = _("Pour l'organisme : dites-nous ici, sans compte et d'une touche, si l'orientation "
               "est bien reçue, la personne rencontrée, le suivi terminé. Aucun nom n'y figure. "
               "%(address)s", address=address)  # fmt: skip
    return [Picture(code_of(address), _("Code de l'adresse %(address)s", address=address), beside)]


def _contact(row: AnyRow | None) -> list[tuple[str, str]]:
    """How to reach a row of the directory; nothing of what is not known."""
    if row is None:
        return []
    told = (
        (_("Téléphone"), row.phone), (_("E-mail"), row.email), (_("Adresse"), row.address),
        (_("Site"), row.website), (_("Horaires"), row.hours),
    )  # fmt: skip
    return [(label, value) for label, value in told if value]


def _papers(codes: Sequence[str], *more: str) -> list[Part]:
    names = [*(_(DOCUMENTS[code]).lower() for code in codes), *more]
    if not names:
        return []
    return [Facts([(_("À apporter ou à envoyer"), " ; ".join(names))])]


def _passed_on(mode: ReferralMode, variant: LetterVariant) -> str:
    if variant == LetterVariant.PLAIN:
        return _passed_on_plainly(mode)
    if mode == ReferralMode.APPOINTMENT_MADE:
        return _(
            "Avec votre accord, nous donnons à cet organisme votre nom, votre numéro de téléphone "
            "et ce motif pour le rendez-vous, rien d'autre. Vous pouvez revenir sur cet accord à "
            "tout moment."
        )
    if mode == ReferralMode.FILE_TRANSMITTED:
        return _(
            "Avec votre accord, nous transmettons à cet organisme votre nom, vos coordonnées et ce "
            "motif, rien d'autre. Vous pouvez revenir sur cet accord à tout moment."
        )
    return _(
        "Nous ne transmettons rien de votre situation à cet organisme : c'est vous qui le "
        "contactez, ou nous ensemble."
    )


def _passed_on_plainly(mode: ReferralMode) -> str:
    if mode == ReferralMode.APPOINTMENT_MADE:
        return _(
            "Vous étiez d’accord : nous leur donnons votre nom, votre téléphone et la raison, pour "
            "le rendez-vous.\nNous ne donnons rien d’autre.\nVous pouvez changer d’avis."
        )
    if mode == ReferralMode.FILE_TRANSMITTED:
        return _(
            "Vous étiez d’accord : nous leur donnons votre nom, votre adresse et la raison.\n"
            "Nous ne donnons rien d’autre.\n"
            "Vous pouvez changer d’avis."
        )
    return _("Nous ne leur disons rien sur vous.\nVous pouvez les appeler, ou nous avec vous.")
