"""Whose turn it is in a request for aid, and until when: one sentence for every door. Pure."""

from energymed.base.codes import Code
from energymed.base.i18n import N_
from energymed.mediation.codes import FundFiler
from energymed.mediation.next_dates import NextDate, Step


class Turn(Code):
    """Who does what next; `day` and `end` are those of the next date."""

    PERSON_AGREES = "person_agrees", N_("La personne dit si elle est d'accord, d'ici le %(day)s.")
    WE_LIST = "we_list", N_("Nous disons quelles pièces réunir, d'ici le %(day)s.")
    PERSON_BRINGS = "person_brings", N_("La personne apporte les pièces, d'ici le %(day)s.")
    WE_FILE = "we_file", N_("Nous déposons la demande, d'ici le %(day)s.")
    PROFESSIONAL_FILES = (
        "professional_files", N_("Nous déposons la demande, ou le service social, d'ici le "
                                 "%(day)s : ce fonds ne la prend que d'un professionnel."),
    )  # fmt: skip
    PERSON_FILES = (
        "person_files", N_("La personne dépose elle-même la demande, d'ici le %(day)s."),
    )  # fmt: skip
    FUND_DECIDES = (
        "fund_decides", N_("Le fonds décide ; sans réponse, nous le relançons le %(day)s."),
    )  # fmt: skip
    WE_CHASE = (
        "we_chase", N_("Nous relançons le fonds le %(day)s : la fourniture est protégée jusqu'au "
                       "%(end)s. Sans décision d'ici là, demander une suspension au fournisseur."),
    )  # fmt: skip
    WE_PROTECT = (
        "we_protect", N_("La protection a pris fin le %(end)s : nous demandons une suspension au "
                         "fournisseur et relançons le fonds."),
    )  # fmt: skip
    WE_FILE_AGAIN = (
        "we_file_again", N_("Nous complétons et déposons de nouveau, d'ici le %(day)s."),
    )  # fmt: skip
    FUND_PAYS = (
        "fund_pays", N_("Le fonds verse au fournisseur ; sans versement, nous le relançons le "
                        "%(day)s."),
    )  # fmt: skip
    WE_ASK_LAST = (
        "we_ask_last", N_("Nous demandons une dernière fois si l'aide est versée ; sans versement "
                          "le %(end)s, elle est notée « jamais versée »."),
    )  # fmt: skip
    WE_PROPOSE = (
        "we_propose", N_("Nous voyons avec la personne ce qui reste possible, d'ici le %(day)s."),
    )  # fmt: skip


_TURNS: dict[Step, Turn] = {
    Step.ASK_CONSENT: Turn.PERSON_AGREES,
    Step.LIST_PAPERS: Turn.WE_LIST,
    Step.ASK_PAPERS: Turn.PERSON_BRINGS,
    Step.FILE_AID: Turn.WE_FILE,
    Step.ASK_FILED: Turn.PERSON_FILES,
    Step.ASK_DECISION: Turn.FUND_DECIDES,
    Step.PROTECTION_ENDS: Turn.WE_CHASE,
    Step.PROTECTION_ENDED: Turn.WE_PROTECT,
    Step.FILE_AGAIN: Turn.WE_FILE_AGAIN,
    Step.ASK_AID_PAYMENT: Turn.FUND_PAYS,
    Step.LAST_ASK_PAYMENT: Turn.WE_ASK_LAST,
    Step.AFTER_REFUSAL: Turn.WE_PROPOSE,
}


def turn_of(next_date: NextDate, filed_by: FundFiler | None) -> Turn:
    """Whose turn it is; `filed_by` as the directory says of the fund."""
    if next_date.step == Step.FILE_AID and filed_by == FundFiler.PROFESSIONAL:
        return Turn.PROFESSIONAL_FILES
    return _TURNS[next_date.step]
