"""Forms of the administrator's desk."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import DataRequired, Length


class PlaceForm(FlaskForm):  # type: ignore[misc]  # the base is untyped
    """A site or a partner: a short code and a name."""

    code = StringField(_l("Code"), validators=[DataRequired(), Length(max=20)])
    name = StringField(_l("Nom"), validators=[DataRequired(), Length(max=120)])
