"""Forms of the accounts: open, edit, close, and a team from a file."""

from collections.abc import Sequence
from dataclasses import asdict

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from sqlalchemy.orm import Session
from wtforms import (
    DateField,
    EmailField,
    HiddenField,
    IntegerField,
    PasswordField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from energymed.accounts import queries
from energymed.accounts.association import known_of
from energymed.accounts.checks import LONGEST_NAME, MOST_HOURS
from energymed.accounts.codes import Role
from energymed.accounts.edits import AccountEdit, edit_of
from energymed.accounts.models import User
from energymed.accounts.passwords import check_password
from energymed.accounts.service import NewUser
from energymed.base.context import Context
from energymed.casework.leaving import Heir
from energymed.partners.queries import open_partners
from energymed.web.shared.fields import choices
from energymed.web.shared.sign_in import password_hash


class AccountForm(FlaskForm):  # type: ignore[misc]  # the base is untyped
    """What an account says."""

    name = StringField(_l("Nom"), validators=[DataRequired(), Length(max=LONGEST_NAME)])
    email = EmailField(_l("E-mail"), validators=[DataRequired(), Length(max=254)])
    role = SelectField(_l("Rôle"), choices=choices(Role.labels(), empty=False))
    site_id = SelectField(
        _l("Site"),
        description=_l("Pour un médiateur ou un chef d'équipe."),
        coerce=int,
        validators=[Optional()],
    )
    partner_id = SelectField(
        _l("Partenaire"),
        description=_l("Pour un compte de fournisseur."),
        coerce=int,
        validators=[Optional()],
    )
    weekly_hours = IntegerField(
        _l("Heures par semaine"),
        description=_l("Sert à répartir les dossiers à parts égales du temps disponible."),
        default=35,
        validators=[InputRequired(), NumberRange(min=1, max=MOST_HOURS)],
    )
    languages = StringField(
        _l("Langues parlées"),
        description=_l("En plus du français, séparées par des virgules."),
        validators=[Length(max=200)],
    )
    extension = StringField(
        _l("Poste téléphonique"),
        description=_l("Celui que le standard fait sonner."),
        validators=[Length(max=20)],
    )
    ends_on = DateField(
        _l("Dernier jour"),
        description=_l("D'un contrat à durée déterminée : le lendemain, le compte est fermé."),
        validators=[Optional()],
    )

    def offer_places(self, ctx: Context) -> None:
        """Offer the sites and partners that there are."""
        nothing = SelectChoice("", "—")
        places = [SelectChoice(site.id, site.name) for site in queries.open_sites(ctx)]
        self.site_id.choices = [nothing, *places]
        firms = [SelectChoice(firm.id, firm.name) for firm in open_partners(ctx.session)]
        self.partner_id.choices = [nothing, *firms]
        self.site_id.coerce = self.partner_id.coerce = _number_or_nothing

    @property
    def spoken(self) -> tuple[str, ...]:
        """The languages, one by one."""
        return spoken(self.languages.data)


class NewUserForm(AccountForm):
    """Opens an account. Without a password, its owner is invited to choose one."""

    password = PasswordField(
        _l("Premier mot de passe"),
        description=_l("Laissez vide pour inviter la personne par un lien : c'est plus sûr. Sinon, "
                       "au moins 12 caractères ; il sera à changer à la première connexion."),
        validators=[Optional()],
    )  # fmt: skip

    def account(self, session: Session) -> NewUser:
        """What was typed.

        Raises:
            BadInput: the password is one that is guessed.
        """
        name, email, password = self.name.data, self.email.data, self.password.data
        if password:
            check_password(password, known_of(session, name, email))
        return NewUser(
            email=email,
            name=name,
            role=self.role.data,
            password_hash=password_hash(password) if password else None,
            site_id=self.site_id.data,
            partner_id=self.partner_id.data,
            weekly_hours=self.weekly_hours.data,
            languages=self.spoken,
            extension=self.extension.data or "",
            ends_on=self.ends_on.data,
        )


class EditUserForm(AccountForm):
    """Edits an account; `seen` is what it was when the form was read."""

    seen = HiddenField()

    @classmethod
    def of(cls, user: User) -> "EditUserForm":
        """The form, filled with the account."""
        now = edit_of(user)
        return cls(data={**asdict(now), "languages": ", ".join(now.languages)})

    def tell_what_it_is_now(self, now: AccountEdit) -> None:
        """Say beside every field that was typed otherwise what a colleague has written there."""
        for name, value in asdict(now).items():
            if value == getattr(self.edit(), name):
                continue
            named = dict(getattr(self[name], "choices", None) or ()).get(value, value)
            shown = ", ".join(value) if isinstance(value, tuple) else named
            said = _("Maintenant : %(value)s", value=shown if shown else "—")
            self[name].errors = [*self[name].errors, said]

    def edit(self) -> AccountEdit:
        """What was typed."""
        return AccountEdit(
            email=self.email.data,
            name=self.name.data,
            role=self.role.data,
            site_id=self.site_id.data,
            partner_id=self.partner_id.data,
            weekly_hours=self.weekly_hours.data,
            languages=self.spoken,
            extension=self.extension.data or "",
            ends_on=self.ends_on.data,
        )


class CloseForm(FlaskForm):  # type: ignore[misc]  # the base is untyped
    """Who takes over what somebody leaves."""

    seen = HiddenField()
    heir = RadioField(
        _l("Qui reprend ses dossiers ?"),
        choices=choices(Heir.labels(), empty=False),
        default=Heir.LEAD,
    )
    to_id = SelectField(_l("Le collègue"), coerce=int, validators=[Optional()])

    def offer(self, team: Sequence[User]) -> None:
        """Offer the colleagues; without any, the lead's list alone."""
        self.to_id.choices = [SelectChoice(one.id, one.name) for one in team]
        if not team:
            self.heir.choices = self.heir.choices[:1]


class TeamForm(FlaskForm):  # type: ignore[misc]  # the base is untyped
    """A file with one person a line."""

    file = FileField(
        _l("Fichier de l'équipe"),
        description=_l("CSV : nom, e-mail, rôle, site, heures, langues, date de fin. Rien n'est "
                       "ouvert avant que vous ayez vu chaque ligne."),
        validators=[FileRequired(_l("Choisissez un fichier."))],
    )  # fmt: skip


def spoken(text: str | None) -> tuple[str, ...]:
    """Languages separated by commas, one by one."""
    return tuple(word for word in (part.strip() for part in (text or "").split(",")) if word)


def _number_or_nothing(value: object) -> int | None:
    return None if value in (None, "", "None") else int(str(value))
