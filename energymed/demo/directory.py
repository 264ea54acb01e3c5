"""Invented funds and bodies of the demo's two départements, with numbers kept for fiction."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy.orm import Session

from energymed.mediation.codes import Body, Fund, FundFiler
from energymed.mediation.directory_models import AidFund, SocialBody
from energymed.partners.codes import Certainty

SOURCE = "inventé pour la démonstration"


def add_local_entries(session: Session, as_of: date) -> None:
    """Funds with rules and bodies with contacts around Valence and Dijon, checked lately or not."""
    known: dict[str, Any] = {"certainty": Certainty.P, "source": SOURCE}
    lately, long_ago = as_of - timedelta(days=40), as_of - timedelta(days=500)
    session.add_all([
        AidFund(
            kind=Fund.FSL_ENERGY, name="FSL de la Drôme (exemple)", department="26",
            phone="04 65 71 10 26", hours="du lundi au vendredi, 9 h - 12 h", checked_on=lately,
            ceiling_cents=110_000, ceiling_basis="quotient familial", most_cents=40_000,
            own_share=10, times_a_year=1, contract_months=2, filed_by=FundFiler.PROFESSIONAL,
            documents=["identity", "income", "bill"], **known,
        ),
        AidFund(
            kind=Fund.FSL_ENERGY, name="FSL de Côte-d'Or (exemple)", department="21",
            phone="03 53 01 10 21", checked_on=long_ago, most_cents=30_000, loan_share=70,
            filed_by=FundFiler.PERSON, documents=["income", "bill"], **known,
        ),
        AidFund(
            kind=Fund.CCAS, name="Secours du CCAS (exemple)", department="26", commune="Valence",
            phone="04 65 71 11 26", checked_on=lately, times_a_year=2,
            documents=["identity", "income"], **known,
        ),
        SocialBody(
            kind=Body.CCAS, name="CCAS de Valence (exemple)", department="26", commune="Valence",
            phone="04 65 71 11 26", hours="sur rendez-vous", checked_on=lately,
            documents=["identity"], **known,
        ),
        SocialBody(
            kind=Body.CMS, name="Centre médico-social (exemple)", department="26",
            commune="Montélimar", phone="04 65 71 12 26", checked_on=long_ago, **known,
        ),
        SocialBody(
            kind=Body.CMS, name="Espace solidarités (exemple)", department="21", commune="Dijon",
            phone="03 53 01 12 21", checked_on=lately, **known,
        ),
    ])  # fmt: skip
    session.flush()
