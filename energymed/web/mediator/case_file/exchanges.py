"""Taking back an exchange off the telephone that was noted by mistake."""

from flask_babel import gettext as _
from werkzeug.wrappers import Response

from energymed.base.context import Context
from energymed.casework.take_back_exchange import take_back_exchange
from energymed.web.mediator.case_file.done import done
from energymed.web.shared.permissions import requires


@requires("cases.work")
def take_back(contact_id: int) -> Response:
    """Cross out an exchange of today, with all that it did."""

    def work(ctx: Context) -> int:
        return take_back_exchange(ctx, contact_id).case_id

    return done(work, _("L'échange est retiré ; il reste, barré, dans l'historique."))
