"""Sheets by post, from the case's page: put with the letters to be printed, or noted as sent."""

from typing import Any

from flask import request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from energymed.base.context import Context
from energymed.cases.codes import NeedKind
from energymed.casework.case_overview import CaseOverview
from energymed.casework.sheets_by_post import KIND_OF, ask_for_sheet, sheet_sent, withdraw_sheet
from energymed.messages.letters.to_print import letters_of_acts
from energymed.web.mediator.case_file.done import done
from energymed.web.shared.permissions import requires
from energymed.web.shared.use_case import reading


def sheets_page(known: CaseOverview) -> dict[str, Any]:
    """The letter of each act that has a sheet, and whether what is easy to read comes by itself."""
    acts = [each.id for each in known.mediation.acts if each.kind in KIND_OF]
    return {
        "sheets": letters_of_acts(reading().session, acts) if acts else {},
        "reads_little": any(each.kind == NeedKind.READS_LITTLE for each in known.needs),
    }


@requires("cases.work")
def sheet(act_id: int) -> Response:
    """Have the sheet of an act printed with the next letters, or note that it was sent."""
    wished = request.form.get("variant")
    if request.form.get("do") == "sent":
        return done(
            lambda ctx: sheet_sent(ctx, act_id, wished).case_id, _("L'envoi du courrier est noté.")
        )
    return done(
        lambda ctx: ask_for_sheet(ctx, act_id, wished).case_id,
        _("La fiche est avec les courriers à imprimer."),
    )


@requires("cases.work")
def withdraw(letter_id: int) -> Response:
    """Take a sheet that waits back."""

    def work(ctx: Context) -> int:
        return withdraw_sheet(ctx, letter_id).case_id

    return done(work, _("Le courrier ne sera pas imprimé."))
