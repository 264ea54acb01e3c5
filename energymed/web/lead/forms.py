"""Forms of the lead's desk."""

from collections.abc import Sequence
from datetime import timedelta

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import SelectField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Optional

from energymed.base.clock import today
from energymed.base.periods import latest_weeks
from energymed.intake.batches.deposits import NOTE_LENGTH
from energymed.intake.codes import DISCARD_REASONS, FileKind
from energymed.partners.models import Partner
from energymed.web.shared.fields import ACCEPTED_FILES, MayBeLeft
from energymed.web.shared.period_choice import period_name

WEEKS_BACK = 12


class UploadForm(FlaskForm):  # type: ignore[misc]  # the base is untyped
    """A partner's file, for whom and of which week; what is left open is read from the file."""

    partner_id = SelectField(
        _l("Partenaire"),
        coerce=lambda value: int(value) if value else None,
        validators=[InputRequired(_l("Choisissez le partenaire qui a envoyé ce fichier."))],
    )
    kind = SelectField(
        _l("Type de fichier"),
        description=_l("D'habitude, les colonnes suffisent à le reconnaître."),
        validators=[MayBeLeft()],
    )
    week = SelectField(
        _l("Semaine du fichier"),
        description=_l("Les montants sont datés de cette semaine."),
        validators=[MayBeLeft()],
    )
    file = FileField(
        _l("Fichier"),
        description=ACCEPTED_FILES,
        validators=[FileRequired(_l("Choisissez un fichier."))],
    )


class AnswerForm(FlaskForm):  # type: ignore[misc]  # the base is untyped
    """Why a partner's deposit is not imported; the partner reads it."""

    reason = SelectField(
        _l("Motif"),
        choices=[
            SelectChoice("", _l("Choisir…")),
            *(SelectChoice(code, _l(label)) for code, label in DISCARD_REASONS.items()),
        ],
        validators=[InputRequired(_l("Choisissez un motif : le partenaire le lira."))],
    )
    note = TextAreaField(
        _l("Un mot pour le partenaire"),
        description=_l(
            "Sans le nom d'aucune personne. %(limit)s caractères au plus.", limit=NOTE_LENGTH
        ),
        validators=[Optional()],
    )


def week_choices() -> list[SelectChoice]:
    """The weeks that a file may be of, latest first; empty reads it from the file's name."""
    next_week = today() + timedelta(weeks=1)
    by_name = SelectChoice("", _("D'après le nom du fichier"))
    weeks = latest_weeks(next_week, WEEKS_BACK + 2)
    return [by_name, *(SelectChoice(week.code, period_name(week)) for week in weeks)]


def kind_choices(missions: Sequence[str]) -> list[SelectChoice]:
    """What a file may be: the missions that are given, and payments."""
    kinds = [kind for kind in FileKind if kind in missions or kind == FileKind.PAYMENTS]
    first = SelectChoice("", _("Reconnaître automatiquement"))
    return [first, *(SelectChoice(kind, _(kind.label)) for kind in kinds)]


def partner_choices(partners: Sequence[Partner]) -> list[SelectChoice]:
    """The partners by name; a lone one is chosen already."""
    first = [] if len(partners) == 1 else [SelectChoice("", _("Choisir…"))]
    return [*first, *(SelectChoice(str(one.id), one.name) for one in partners)]
