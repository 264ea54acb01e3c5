"""Taking back an exchange off the telephone that was noted by mistake."""

from flask_babel import gettext as _
from werkzeug.wrappers import Response

from energymed.base.context import Context
from energymed.casework.agreed_in_writing import has_left
from energymed.casework.take_back_exchange import take_back_exchange
from energymed.web.mediator.case_file.done import done, tell_it_left
from energymed.web.shared.permissions import requires


@requires("cases.work")
def take_back(contact_id: int) -> Response:
    """Cross out an exchange of today, with all that it did."""

    left = False

    def work(ctx: Context) -> int:
        nonlocal left
        case_id = take_back_exchange(ctx, contact_id).case_id
        left = has_left(ctx, [contact_id])
        return case_id

    answer = done(work, _("L'échange est retiré ; il reste, barré, dans l'historique."))
    if left:
        tell_it_left()
    return answer
