"""The forms of the directory: a fund, a body, a file of either."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import HiddenField, IntegerField, RadioField, StringField
from wtforms.validators import Optional

from energymed.base.text.folding import whole_number
from energymed.mediation.aids import DOCUMENTS
from energymed.mediation.codes import BODIES, FUND_FILERS, FUNDS
from energymed.mediation.directory import AMOUNTS, BodyDetails, FundDetails, details_of
from energymed.mediation.directory_models import AidFund, SocialBody
from energymed.partners.codes import Certainty
from energymed.web.mediator.call.controls import DayField, PickField
from energymed.web.shared.fields import EuroField, TickField, choices

SIDE_LABELS = {"fund": _l("Fonds"), "body": _l("Organismes")}


class BodyForm(FlaskForm):  # type: ignore[misc]  # the base is untyped
    """What is said of a body."""

    version = HiddenField()
    kind = PickField(_l("Type"), choices=choices(BODIES))
    name = StringField(_l("Nom"))
    department = StringField(
        _l("Département"), description=_l("Son code : 26, 2A ou 974. Vide : partout.")
    )
    commune = StringField(_l("Commune"))
    phone = StringField(_l("Téléphone"))
    email = StringField(_l("E-mail"))
    address = StringField(_l("Adresse"))
    website = StringField(_l("Site internet"))
    hours = StringField(_l("Horaires"))
    documents = TickField(_l("Pièces demandées"), choices=choices(DOCUMENTS, empty=False))
    valid_from = DayField(_l("Valable du"), validators=[Optional()])
    valid_until = DayField(
        _l("Valable jusqu'au"), description=_l("Ce jour compris."), validators=[Optional()]
    )
    checked_on = DayField(_l("Vérifié le"), validators=[Optional()])
    certainty = PickField(
        _l("Certitude"), choices=choices(Certainty.labels(), empty=False), default=Certainty.P
    )
    source = StringField(
        _l("Source"), description=_l("Un site, un appel, un règlement : d'où vient cette fiche.")
    )

    def show(self, row: AidFund | SocialBody) -> None:
        """Fill the form with a row."""
        said = details_of(row)
        self.process(obj=said)
        self.version.data = str(row.version)

    @property
    def seen(self) -> int:
        """The version of the row that was shown."""
        return whole_number(self.version.data) or 0

    def details(self) -> BodyDetails:
        """What is typed."""
        return BodyDetails(**self._said())

    def _said(self) -> dict[str, Any]:
        names = [name for name in BodyDetails.__dataclass_fields__ if name != "documents"]
        said = {name: self[name].data for name in names}
        days = ("valid_from", "valid_until", "checked_on")
        said = {name: value if name in days else value or "" for name, value in said.items()}
        return {**said, "documents": tuple(self.documents.data or ())}


class FundForm(BodyForm):
    """What is said of a fund, with its rules."""

    kind = PickField(_l("Type"), choices=choices(FUNDS))
    ceiling_cents = EuroField(_l("Plafond de ressources"))
    ceiling_basis = StringField(
        _l("Mesuré par"), description=_l("Par exemple : quotient familial, revenu par part.")
    )
    least_cents = EuroField(_l("Plus petit montant"))
    most_cents = EuroField(_l("Plus grand montant"))
    own_share = IntegerField(_l("Part de la personne (%)"), validators=[Optional()])
    loan_share = IntegerField(_l("Part de prêt (%)"), validators=[Optional()])
    times_a_year = IntegerField(_l("Fois par an"), validators=[Optional()])
    contract_months = IntegerField(
        _l("Contrat clos depuis (mois au plus)"),
        description=_l("0 : le contrat doit être en cours. Vide : rien n'est demandé."),
        validators=[Optional()],
    )
    filed_by = PickField(_l("Qui dépose la demande"), choices=choices(FUND_FILERS))

    def show(self, row: AidFund | SocialBody) -> None:
        """Fill the form with a row."""
        super().show(row)
        for name in AMOUNTS:
            self[name].show(getattr(row, name))

    def details(self) -> FundDetails:
        """What is typed."""
        numbers = ("own_share", "loan_share", "times_a_year", "contract_months")
        return FundDetails(
            **self._said(),
            **{name: self[name].cents for name in AMOUNTS},
            **{name: self[name].data for name in numbers},
            ceiling_basis=self.ceiling_basis.data or "",
            filed_by=self.filed_by.data or "",
        )


class DirectoryFileForm(FlaskForm):  # type: ignore[misc]  # the base is untyped
    """A file with one fund, or one body, a line."""

    side = RadioField(
        _l("Ce que contient le fichier"), choices=choices(SIDE_LABELS, empty=False), default="fund"
    )
    file = FileField(
        _l("Fichier"),
        description=_l("CSV, XLSX ou ODS. Rien n'est écrit avant que vous ayez vu chaque ligne."),
        validators=[FileRequired(_l("Choisissez un fichier."))],
    )


FORMS: dict[str, type[BodyForm]] = {"fund": FundForm, "body": BodyForm}
