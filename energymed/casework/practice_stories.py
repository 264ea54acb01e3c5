"""The ten people of the practice: what each says, and what a good record of the call holds.

Pure. What is expected follows DOMAIN §5-§10; the people are invented.
"""

import re
from datetime import time

from energymed.base.clock import paris
from energymed.base.i18n import N_
from energymed.casework.practice_rules import Check, Heard, SavedCall, Story
from energymed.mediation.codes import ActKind, AidState, Body, Frequency, ReferralMode
from energymed.mediation.codes import ReferralReason as Reason
from energymed.partners.codes import Closure, ResultCode

_CALL = N_("Vous appelez.")
_PRESENT = N_("Vous vous présentez et vérifiez l'identité.")
_CAUSE = N_("Vous demandez ce qui s'est passé.")
_SOLUTION = N_("Vous cherchez une solution ensemble.")
_REFERENCE = re.compile(r"PERS(\d\d)-\d+")
_NOON = time(12)
_PLAN_CENTS, _INSTALMENTS = 48_000, 6
_FOR_A_BUDGET = (Body.PCB, Body.UDAF, Body.CRESUS, Body.CCAS, Body.CMS, Body.SOCIAL_WORKER)


def reference_of(story: Story, number: int) -> str:
    """The reference of the `number`th invented case, which tells its story."""
    return f"PERS{story.number:02d}-{number:06d}"


def story_of(reference: str) -> Story | None:
    """The story of a practice case; None where it has none: cases of before the stories."""
    found = _REFERENCE.fullmatch(reference)
    return BY_NUMBER.get(int(found[1])) if found else None


def _has(kind: ActKind, right: str, wrong: str) -> Check:
    return Check(lambda saved: kind in saved.acts, right, wrong)


def _closes_as(closure: Closure, right: str, wrong: str) -> Check:
    """The case goes on, or closes by what was agreed and nothing else."""
    return Check(lambda saved: saved.closure in (None, closure), right, wrong)


def _another_morning(saved: SavedCall) -> bool:
    if saved.later_at is None:
        return False
    later = paris(saved.later_at)
    return later.date() > paris(saved.started_at).date() and later.time() < _NOON


def _is_in_six(saved: SavedCall) -> bool:
    terms = saved.acts[ActKind.PLAN_AGREED]
    return (
        terms["instalment_count"] == _INSTALMENTS
        and not terms["down_payment_cents"]
        and terms["frequency"] == Frequency.MONTHLY
    )


def _leads_to_a_budget(saved: SavedCall) -> bool:
    terms = saved.acts[ActKind.REFERRAL]
    return terms["body"] in _FOR_A_BUDGET and terms["reason"] in (
        Reason.BUDGET, Reason.OVERINDEBTEDNESS, Reason.SOCIAL_FOLLOW_UP,
    )  # fmt: skip


def _papers_are_asked(saved: SavedCall) -> bool:
    terms = saved.acts[ActKind.AID_OPENED]
    return bool(terms["papers"]) and terms["state"] == AidState.DOCUMENTS_PENDING


STORIES = (
    Story(
        1, "M.", "Gérard", "FABRE", 21_450,
        (Heard(_CALL, N_("Cela sonne longtemps. Personne ne décroche, et il n'y a pas de "
                         "répondeur."), spoken=False),),
        ResultCode.NO_ANSWER,
        N_("Absent : personne n'a décroché. Le dossier revient de lui-même, dans une autre "
           "demi-journée."),
        N_("Personne n'a décroché, sans répondeur : le résultat est « Absent ». Le dossier "
           "revient alors de lui-même, dans une autre demi-journée."),
        {
            ResultCode.BUSY: N_("Cela sonnait, sans tonalité d'occupation : le résultat est "
                                "« Absent », pas « Occupé », qui fait rappeler le jour même."),
            ResultCode.TECHNICAL: N_("Rien n'était en panne : c'est « Absent ». Un incident "
                                     "technique ne compte pas comme un essai ; cet appel en est "
                                     "un."),
        },
    ),
    Story(
        2, "Mme", "Sophie", "VERNET", 38_900,
        (Heard(_CALL, N_("Une annonce : « Bonjour, je ne suis pas disponible, laissez un "
                         "message. » Puis le signal sonore."), spoken=False),),
        ResultCode.VOICEMAIL_LEFT,
        N_("Un message neutre est laissé : votre nom, l'association, un numéro à rappeler, et "
           "rien de la dette."),
        N_("Un répondeur a répondu : le résultat est « Répondeur, message neutre »."),
        {
            ResultCode.VOICEMAIL_NONE: N_("Un message neutre pouvait être laissé : il n'y en avait "
                                          "pas eu ces sept derniers jours. Il ne dit rien de la "
                                          "dette."),
            ResultCode.NO_ANSWER: N_("Un répondeur a répondu : le résultat est « Répondeur », pas "
                                     "« Absent ». Un message neutre peut être laissé, une fois en "
                                     "sept jours."),
        },
    ),
    Story(
        3, "Mme", "Renée", "BONNARD", 52_300,
        (
            Heard(_CALL, N_("Allô ? Non, ma mère est sortie. Je suis son fils, je passe juste la "
                            "voir.")),
            Heard(N_("Vous demandez quand elle peut être jointe."),
                  N_("Je ne sais pas. C'est à quel sujet ? Je peux lui dire de vous rappeler.")),
        ),
        ResultCode.THIRD_PARTY,
        N_("Un tiers a répondu : rien n'a pu être convenu, et le dossier sera rappelé."),
        N_("Son fils a répondu, sans mandat connu : le résultat est « Tiers ». À un tiers, rien "
           "n'est dit de la dette et rien n'est convenu."),
        {
            ResultCode.REACHED_MANDATED: N_("Être son fils ne suffit pas : il n'a dit ni montré "
                                            "aucun mandat. Le résultat est « Tiers », et rien "
                                            "n'est dit de la dette."),
        },
        (
            Check(
                lambda saved: saved.details.get("message_left") == "callback_only",
                N_("Le message laissé est « rappelez-nous », et rien de plus : la dette est tue."),
                N_("Il proposait de transmettre un message : « rappelez-nous » pouvait lui être "
                   "laissé. C'est le seul message permis à un tiers."),
            ),
        ),
    ),
    Story(
        4, "M.", "Rachid", "HADDAD", 17_680,
        (
            Heard(_CALL, N_("Oui, c'est moi, mais je suis au travail, je ne peux pas parler.")),
            Heard(N_("Vous proposez de rappeler."),
                  N_("D'accord, mais pas aujourd'hui. Un autre jour, le matin, vers dix heures.")),
        ),
        ResultCode.CALLBACK_SET,
        N_("Un rappel est convenu : le dossier revient à cette heure, chez vous."),
        N_("Il a accepté d'être rappelé à un moment dit : le résultat est « Rappel convenu »."),
        {
            ResultCode.REFUSED: N_("Il ne refuse pas l'échange, il demande un autre moment : le "
                                   "résultat est « Rappel convenu ». Un refus laisserait la "
                                   "personne 60 jours sans appel."),
            ResultCode.REACHED_HOLDER: N_("Rien n'a pu être dit de la dette : il demande seulement "
                                          "un autre moment. Le résultat est « Rappel convenu »."),
        },
        (
            Check(
                _another_morning,
                N_("Le rappel est promis un autre jour, le matin, comme il l'a demandé."),
                N_("Il a demandé un autre jour, le matin : la promesse porte sur ce moment-là."),
            ),
        ),
    ),
    Story(
        5, "Mme", "Nadège", "COLIN", _PLAN_CENTS,
        (
            Heard(_CALL, N_("Allô, oui ?")),
            Heard(_PRESENT, N_("Oui, c'est bien moi, le contrat est à mon nom, à cette adresse.")),
            Heard(_CAUSE, N_("J'ai reçu une régularisation, bien plus que d'habitude.")),
            Heard(_SOLUTION, N_("Tout d'un coup, non. En six fois, oui : 80 euros par mois, par "
                                "prélèvement, à partir du mois prochain. Rien avant.")),
        ),
        ResultCode.REACHED_HOLDER,
        N_("La titulaire est jointe, et son identité vérifiée avant de parler de la dette."),
        N_("C'est la titulaire qui a parlé : le résultat est « Joint – titulaire », qui ouvre ce "
           "qui a été convenu."),
        {},
        (
            _has(ActKind.PLAN_AGREED,
                 N_("L'échéancier qu'elle accepte est noté."),
                 N_("Elle accepte de payer en six fois : il manque l'échéancier. Sans lui, "
                    "le fournisseur n'a rien à confirmer.")),
            Check(
                lambda saved: saved.acts[ActKind.PLAN_AGREED]["amount_cents"] == _PLAN_CENTS,
                N_("Il porte sur toute la dette : 480 €."),
                N_("L'échéancier porte sur toute la dette, 480 € : les échéances doivent faire "
                   "exactement ce montant."),
                ActKind.PLAN_AGREED,
            ),
            Check(
                _is_in_six,
                N_("Six échéances par mois, sans premier versement : ce qu'elle a dit."),
                N_("Elle a dit six mensualités, sans rien verser avant : l'échéancier reprend ce "
                   "que la personne a choisi."),
                ActKind.PLAN_AGREED,
            ),
            _closes_as(
                Closure.PLAN_RUNNING,
                N_("La suite dit bien qu'un échéancier est en cours."),
                N_("Le dossier se clôt par « Échéancier en cours », ou reste suivi : rien n'est "
                   "encore payé."),
            ),
        ),
    ),
    Story(
        6, "M.", "Victor", "SILVA", 64_000,
        (
            Heard(_CALL, N_("Oui, bonjour.")),
            Heard(_PRESENT, N_("C'est moi, oui. Le contrat est à mon nom.")),
            Heard(_CAUSE, N_("Je n'ai plus que la moitié de mon salaire. Je ne peux rien verser en "
                             "ce moment, même un peu chaque mois.")),
            Heard(_SOLUTION, N_("Une demande au FSL énergie ? Oui, je suis d'accord. Mais je n'ai "
                                "pas mes justificatifs de ressources sous la main, ni la dernière "
                                "facture. Je vous les apporte.")),
        ),
        ResultCode.REACHED_HOLDER,
        N_("Le titulaire est joint, et son identité vérifiée avant de parler de la dette."),
        N_("C'est le titulaire qui a parlé : le résultat est « Joint – titulaire », qui ouvre ce "
           "qui a été convenu."),
        {},
        (
            _has(ActKind.AID_OPENED,
                 N_("La demande d'aide est ouverte. C'est le fonds qui décidera."),
                 N_("Il accepte une demande au FSL énergie : il manque la demande d'aide.")),
            Check(
                lambda saved: saved.acts[ActKind.AID_OPENED]["fund"] == "fsl_energy",
                N_("Le fonds est le bon : FSL énergie."),
                N_("Il a donné son accord pour le FSL énergie : un autre fonds demande un autre "
                   "accord."),
                ActKind.AID_OPENED,
            ),
            Check(
                _papers_are_asked,
                N_("Les pièces qu'il doit apporter sont notées."),
                N_("Il lui manque des pièces : cochez celles qu'il doit apporter. Tant qu'elles "
                   "manquent, la demande n'est pas complète et ne peut être déposée."),
                ActKind.AID_OPENED,
            ),
            Check(
                lambda saved: ActKind.PLAN_AGREED not in saved.acts,
                N_("Aucun échéancier : il a dit ne rien pouvoir verser."),
                N_("Il a dit ne rien pouvoir verser, même chaque mois : un échéancier n'est pas "
                   "son choix et ne tiendrait pas."),
            ),
            _closes_as(
                Closure.AID_PENDING,
                N_("La suite attend la réponse du fonds."),
                N_("Le dossier reste suivi, ou se clôt par « Aide en attente » : rien n'est "
                   "décidé."),
            ),
        ),
    ),
    Story(
        7, "Mme", "Khadija", "TOURÉ", 93_120,
        (
            Heard(_CALL, N_("Allô ?")),
            Heard(_PRESENT, N_("Oui, c'est moi, c'est bien mon adresse.")),
            Heard(_CAUSE, N_("J'ai plusieurs dettes en même temps. Je ne sais plus par laquelle "
                             "commencer.")),
            Heard(_SOLUTION, N_("Oui, je voudrais qu'on m'aide à faire mes comptes. Vous pouvez "
                                "leur transmettre mon dossier, je suis d'accord. Mais je ne "
                                "promets rien aujourd'hui.")),
        ),
        ResultCode.REACHED_HOLDER,
        N_("La titulaire est jointe, et son identité vérifiée avant de parler de la dette."),
        N_("C'est la titulaire qui a parlé : le résultat est « Joint – titulaire », qui ouvre ce "
           "qui a été convenu."),
        {},
        (
            _has(ActKind.REFERRAL,
                 N_("L'orientation est notée, avec son accord."),
                 N_("Elle demande qu'on l'aide à faire ses comptes et donne son accord : il manque "
                    "l'orientation.")),
            Check(
                _leads_to_a_budget,
                N_("L'organisme et le motif répondent à sa demande : reprendre son budget."),
                N_("Elle demande de l'aide pour son budget : par exemple un Point conseil budget, "
                   "avec le motif « Difficulté budgétaire »."),
                ActKind.REFERRAL,
            ),
            Check(
                lambda saved: saved.acts[ActKind.REFERRAL]["mode"] == ReferralMode.FILE_TRANSMITTED
                and saved.acts[ActKind.REFERRAL]["consent"],
                N_("Le dossier est transmis : elle y a consenti."),
                N_("Elle accepte que son dossier soit transmis : le mode est « Dossier transmis ». "
                   "Sans cet accord, rien de personnel ne partirait."),
                ActKind.REFERRAL,
            ),
            Check(
                lambda saved: not {ActKind.PLAN_AGREED, ActKind.PAYS_FULL} & set(saved.acts),
                N_("Aucune promesse de paiement : elle n'en a fait aucune."),
                N_("Elle a dit ne rien promettre : ni échéancier ni paiement ne peut être noté."),
            ),
            _closes_as(
                Closure.REFERRED,
                N_("La suite dit ce qui a été fait : une orientation."),
                N_("Le dossier se clôt par « Orienté », ou reste suivi : rien d'autre n'a été "
                   "convenu."),
            ),
        ),
    ),
    Story(
        8, "M.", "Hugues", "MANDRIN", 30_510,
        (
            Heard(_CALL, N_("Oui ?")),
            Heard(N_("Vous vous présentez et dites pour qui vous appelez."),
                  N_("Je ne veux plus jamais être appelé par vous, ni recevoir de message. "
                     "Effacez mon numéro.")),
        ),
        ResultCode.OPPOSED,
        N_("Son opposition est notée : plus personne ne l'appellera ni ne lui écrira."),
        N_("Il ne veut plus jamais être contacté : le résultat est « S'oppose à tout nouveau "
           "contact », qui arrête tout, pour lui et ses numéros."),
        {
            ResultCode.REFUSED: N_("« Refuse l'échange » ne vaut que pour 60 jours. Il a dit « plus"
                                   " jamais » : le résultat est « S'oppose à tout nouveau "
                                   "contact »."),
            ResultCode.HUNG_UP: N_("Un appel raccroché est retenté. Il a dit « plus jamais » : le "
                                   "résultat est « S'oppose à tout nouveau contact »."),
        },
    ),
    Story(
        9, "M.", "Émile", "CHABERT", 44_275,
        (
            Heard(_CALL, N_("Allô ? Je suis sa fille.")),
            Heard(N_("Vous demandez à parler à M. Chabert."),
                  N_("Mon père est décédé le mois dernier. Je m'occupe de ses affaires.")),
        ),
        ResultCode.DECEASED,
        N_("Le décès est noté : ce foyer n'est plus appelé."),
        N_("Sa fille déclare son décès : le résultat est « Décès déclaré », qui arrête tout, de "
           "suite. On ne rappelle plus jamais ce foyer."),
        {
            ResultCode.THIRD_PARTY: N_("Après « Tiers », le dossier serait rappelé. Sa fille "
                                       "déclare son décès : c'est « Décès déclaré », et on ne "
                                       "rappelle plus jamais ce foyer."),
            ResultCode.REACHED_MANDATED: N_("Sa fille n'a pas à répondre de cette dette au "
                                            "téléphone : elle déclare un décès, et le résultat "
                                            "est « Décès déclaré »."),
        },
        (
            Check(
                lambda saved: saved.details.get("reported_by") == "family",
                N_("Il est noté qui l'a dit : la famille."),
                N_("C'est sa fille qui l'a dit : choisissez « Famille ». Un décès se note avec qui "
                   "le déclare."),
            ),
        ),
    ),
    Story(
        10, "Mme", "Paulette", "GRANGE", 36_000,
        (
            Heard(_CALL, N_("Bonjour !")),
            Heard(_PRESENT, N_("Oui, c'est moi, c'est bien là que j'habite.")),
            Heard(_CAUSE, N_("C'est ma tutrice, Mme Lopes, qui s'occupe de mes papiers. Je suis "
                             "sous tutelle, vous savez.")),
            Heard(_SOLUTION, N_("Mais je veux bien payer en trois fois, moi, mettez-le ! Ma "
                                "tutrice ? Elle sera là la semaine prochaine.")),
        ),
        ResultCode.REACHED_HOLDER,
        N_("La titulaire est jointe, et son identité vérifiée avant de parler de la dette."),
        N_("C'est la titulaire qui a parlé : le résultat est « Joint – titulaire ». Ce qu'elle "
           "peut convenir seule est une autre question."),
        {},
        (
            Check(
                lambda saved: ActKind.PLAN_AGREED not in saved.acts,
                N_("Aucun échéancier : une personne sous tutelle n'en accepte pas seule."),
                N_("Une personne sous tutelle n'accepte pas d'échéancier seule, même si elle le "
                   "demande : il se convient avec sa tutrice."),
            ),
            Check(
                lambda saved: saved.under_tutelle,
                N_("La tutelle est notée : le prochain médiateur le saura."),
                N_("La tutelle n'est pas notée : ouvrez « Tutelle, curatelle, mandat : le noter », "
                   "pour que personne ne convienne de rien sans sa tutrice."),
            ),
            Check(
                lambda saved: saved.later_at is not None and saved.closure is None,
                N_("Une suite est prévue, pour reprendre avec sa tutrice."),
                N_("Il manque une suite à une date : la solution reste à chercher, avec sa "
                   "tutrice, qui sera là la semaine prochaine."),
            ),
        ),
    ),
)  # fmt: skip
BY_NUMBER = {story.number: story for story in STORIES}
