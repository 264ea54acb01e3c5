"""Forms of the partner's desk."""

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import SelectField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Optional

from energymed.accounts.models import Site
from energymed.intake.codes import FileKind
from energymed.web.shared.fields import ACCEPTED_FILES


class DepositForm(FlaskForm):  # type: ignore[misc]  # the base is untyped
    """A file that a partner brings, for which site; its kind may be left to its columns."""

    file = FileField(
        _l("Fichier"),
        description=ACCEPTED_FILES,
        validators=[FileRequired(_l("Choisissez un fichier."))],
    )
    kind = SelectField(
        _l("Type de fichier"),
        description=_l("D'habitude, les colonnes suffisent à le reconnaître."),
        validators=[Optional()],
    )
    site_id = SelectField(
        _l("Site de l'association"),
        description=_l("L'équipe qui suivra ces dossiers."),
        coerce=lambda value: int(value) if value else None,
        validators=[InputRequired(_l("Choisissez le site à qui ce fichier est destiné."))],
    )


def kind_choices(campaigns: Sequence[str]) -> list[SelectChoice]:
    """What a partner may send: the missions that it gives, and its payments."""
    kinds = [kind for kind in FileKind if kind in campaigns or kind == FileKind.PAYMENTS]
    first = SelectChoice("", _("Reconnaître automatiquement"))
    return [first, *(SelectChoice(kind, _(kind.label)) for kind in kinds)]


def site_choices(known: Sequence[Site], every: Sequence[Site]) -> list[SelectChoice]:
    """Every site, those that already work for the partner first; a lone one is chosen already."""
    known_ids = {site.id for site in known}
    others = [site for site in every if site.id not in known_ids]
    chosen = len(known) == 1 or (not known and len(every) == 1)
    first = [] if chosen else [SelectChoice("", _("Choisir…"))]
    return [*first, *(SelectChoice(str(site.id), site.name) for site in (*known, *others))]
