"""What the person takes along: a referral, the papers of a request, the energy cheque, what was
agreed. In French, for `base.pdf`; each says what was agreed and no more, and asks for nothing.
"""

from collections.abc import Sequence
from datetime import date

from flask_babel import force_locale
from flask_babel import gettext as _

from energymed.base.pdf import MEDIA_TYPE, Facts, Paragraph, Part, write_pdf
from energymed.cases.models import Case
from energymed.mediation.aids import DOCUMENTS
from energymed.mediation.codes import ReferralMode
from energymed.mediation.directory import AnyRow
from energymed.mediation.models import AidRequest, Referral
from energymed.partners.cheque_campaigns import ChequeCampaign
from energymed.web.mediator.call.directory_names import name_with_kind
from energymed.web.mediator.case_file.documents import FRENCH, Download, letter_to, long_day

CHEQUE_PAPERS = ("identity", "tax_notice")


def referral_letter(referral: Referral, today: date) -> Download:
    """Where the person was pointed to, and what they agreed that may be passed on."""
    case, row = referral.case, referral.listed
    with force_locale(FRENCH):
        name = name_with_kind(referral.body, row)
        parts: list[Part] = [
            Paragraph(_("Lors de notre échange du %(day)s, nous avons parlé ensemble de "
                        "l'organisme ci-dessous, qui peut vous aider. Vous étiez d'accord pour "
                        "cette orientation.", day=long_day(referral.referred_on))),
            Facts([(_("Organisme"), name), *_contact(row),
                   (_("Motif"), _(referral.reason.label)), (_("Mode"), _(referral.mode.label))]),
            *_papers(row.documents if row else ()),
            Paragraph(_passed_on(referral.mode)),
        ]  # fmt: skip
        letter = letter_to(case, _("Fiche d'orientation"), today, parts)
    return write_pdf(letter), f"orientation-{case.reference}.pdf", MEDIA_TYPE


def papers_letter(aid: AidRequest, today: date) -> Download:
    """Which papers of a request are still to be brought, and to whom."""
    case, row = aid.case, aid.listed
    with force_locale(FRENCH):
        name = name_with_kind(aid.fund, row)
        parts: list[Part] = [
            Paragraph(_("Nous préparons avec vous une demande d'aide auprès de : %(fund)s. C'est "
                        "ce fonds qui décide.", fund=name)),
            *_papers(aid.missing_documents),
            Facts([*_contact(row), (_("Demande ouverte le"), long_day(aid.opened_on))]),
            Paragraph(_("Un doute sur une pièce ? Appelez-nous : nous regardons ensemble ce qui "
                        "peut la remplacer.")),
        ]  # fmt: skip
        letter = letter_to(case, _("Pièces de votre demande d'aide"), today, parts)
    return write_pdf(letter), f"pieces-{case.reference}.pdf", MEDIA_TYPE


def cheque_letter(case: Case, campaign: ChequeCampaign, today: date) -> Download:
    """How to ask for a cheque that did not come, and the days of the running campaign."""
    with force_locale(FRENCH):
        days = [(_("À utiliser jusqu'au"), long_day(campaign.spend_until)),
                (_("Protections jusqu'au"), long_day(campaign.protections_end))]  # fmt: skip
        if campaign.ask_until:
            days.insert(0, (_("À demander jusqu'au"), long_day(campaign.ask_until)))
        parts: list[Part] = [
            Paragraph(_("Le chèque énergie est envoyé chaque année, selon les revenus, à qui a un "
                        "contrat à son nom. Si vous y avez droit et ne l'avez pas reçu, il se "
                        "demande en ligne ou par courrier.")),
            *_papers(CHEQUE_PAPERS, _("une attestation de fourniture de moins de trois mois, avec "
                                      "le point de livraison (PDL)")),
            Facts([(_("Campagne"), str(campaign.year)), *days,
                   (_("Assistance"), _("0 805 204 805 (appel gratuit)"))]),
            Paragraph(_("L'attestation jointe au chèque s'envoie à chaque fournisseur : pas de "
                        "réduction de puissance pendant la trêve hivernale, pas de frais de mise "
                        "en service après un déménagement ni de rejet de paiement.")),
        ]  # fmt: skip
        letter = letter_to(case, _("Le chèque énergie %(year)s", year=campaign.year), today, parts)
    return write_pdf(letter), f"cheque-energie-{case.reference}.pdf", MEDIA_TYPE


def agreed_letter(
    case: Case, spoken_on: date, agreed: Sequence[tuple[str, str]], today: date
) -> Download:
    """What was agreed in an exchange: (what, in detail) for each act."""
    with force_locale(FRENCH):
        parts: list[Part] = [
            Paragraph(_("Voici ce dont nous sommes convenus ensemble le %(day)s, au sujet de votre "
                        "dossier auprès de %(partner)s.",
                        day=long_day(spoken_on), partner=case.partner.name)),
            Facts([(what, detail or "–") for what, detail in agreed]),
            Paragraph(_("Le fournisseur confirme, le fonds décide : nous vous tenons au courant. "
                        "Si quelque chose ne correspond pas à notre échange, appelez-nous. Notre "
                        "association ne reçoit aucun paiement.")),
        ]  # fmt: skip
        letter = letter_to(case, _("Ce que nous avons convenu"), today, parts)
    return write_pdf(letter), f"convenu-{case.reference}.pdf", MEDIA_TYPE


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


def _passed_on(mode: ReferralMode) -> str:
    if mode == ReferralMode.FILE_TRANSMITTED:
        return _(
            "Avec votre accord, nous transmettons à cet organisme votre nom, vos coordonnées et ce "
            "motif, rien d'autre. Vous pouvez revenir sur cet accord à tout moment."
        )
    return _(
        "Nous ne transmettons rien de votre situation à cet organisme : c'est vous qui le "
        "contactez, ou nous ensemble."
    )
