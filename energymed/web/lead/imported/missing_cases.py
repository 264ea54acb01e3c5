"""Missing from the file: the list, what is asked of the partner, and the bulk acts."""

from collections.abc import Callable

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from energymed.base.errors import BadInput, Conflict
from energymed.base.i18n import N_
from energymed.base.spreadsheets import Column, Kind, Row
from energymed.cases.codes import CaseState
from energymed.cases.models import Case
from energymed.casework import missing_from_file
from energymed.intake.batches.missing_cases import Chosen, MissingSearch, files_of, missing_cases
from energymed.intake.models import Batch
from energymed.intake.queries import get_batch
from energymed.partners.codes import CampaignKind
from energymed.partners.queries import all_partners
from energymed.web.lead.imported.missing_list import (
    ASKED,
    CONTACTS,
    PLANS,
    SEARCH,
    list_filter,
)
from energymed.web.shared.downloads import download_list
from energymed.web.shared.errors import sentence
from energymed.web.shared.filters import listed, ngettext
from energymed.web.shared.list_filters import ListFilters, filters_now, keep_search
from energymed.web.shared.paging import page_number, paginate
from energymed.web.shared.permissions import requires
from energymed.web.shared.use_case import reading, use_case

COLUMNS = (
    Column(N_("Référence")),
    Column(N_("Numéro de contrat")),
    Column(N_("Mission")),
    Column(N_("Dernier fichier")),
    Column(N_("Solde connu"), Kind.CENTS),
    Column(N_("Absent depuis le fichier")),
    Column(N_("Votre réponse")),
)


@requires("files.import")
def missing() -> str:
    """The open cases that their partner's last file did not name."""
    ctx, chosen = reading(), list_filter()  # the time first: what comes later is unseen
    batch_id = chosen.search.batch_id
    cases = missing_from_file.listed(ctx, chosen)
    page = paginate(ctx.session, cases, page_number(), exact=True)
    return render_template(
        "lead/imported/missing.html",
        page=page,
        wanted=chosen,
        seen=ctx.now,
        batch=get_batch(ctx, batch_id) if batch_id else None,
        files=files_of(ctx.session, page.items),
        beside=missing_from_file.beside(ctx.session, [case.id for case in page.items]),
        partners=all_partners(ctx.session),
        choices={"asked": ASKED, "contact": CONTACTS, "plan": PLANS},
        kinds=CampaignKind.labels(),
        kept=filters_now("done"),
        back_to=ListFilters().timestamp("done"),
    )


@requires("files.import")
def missing_of(batch_id: int) -> Response:
    """Those that one file did not name."""
    get_batch(reading(), batch_id)
    return redirect(url_for("lead.missing", batch=batch_id))


@requires("files.import")
def search_missing() -> Response:
    """Keep the reference searched for, and go back to the list."""
    return keep_search(SEARCH, "lead.missing")


@requires("files.import")
def export_missing() -> Response:
    """The references of the filtered list, to be sent to their partner: to one, never several."""
    ctx, chosen = reading(), list_filter()
    partners = missing_from_file.partners_in(ctx, chosen)
    if len(partners) != 1:
        flash(
            _("Choisissez d'abord un partenaire : ces références ne vont qu'à lui.")
            if partners
            else _("Aucun dossier à envoyer : effacez un filtre."),
            "warning",
        )
        return redirect(url_for("lead.missing", **filters_now()), 303)
    cases = ctx.session.scalars(missing_from_file.listed(ctx, chosen)).all()
    files = files_of(ctx.session, cases)
    name = "-".join([_("absents"), cases[0].partner.code])
    return download_list(name, COLUMNS, (_row(case, files) for case in cases))


@requires("files.import")
def act_on_missing() -> str | Response:
    """Ask the partner, keep, or close as settled once that was confirmed on a page of its own."""
    code = request.form.get("act", "")
    if code not in ACTS:
        raise BadInput(N_("La demande n'a pas été comprise : rechargez la page."))
    args = filters_now()
    seen = {"seen": ListFilters(request.form).timestamp("seen")} if code == "ask" else {}
    try:
        if code == "settle" and not request.form.get("confirmed"):
            return _ask_to_settle()
        with use_case() as ctx:
            chosen = ACTS[code](ctx, _chosen_ids(), **seen)
            done = len(chosen.cases)
    except (BadInput, Conflict) as error:
        flash(sentence(error), "warning")
        return redirect(url_for("lead.missing", **args), 303)
    _tell(code, done, chosen)
    if done and code == "ask":
        args = {"at": ctx.now.isoformat(), "done": ctx.now.isoformat()}
    elif done and code == "keep":
        args["done"] = ctx.now.isoformat()
    return redirect(url_for("lead.missing", **args), 303)


@requires("files.import")
def undo_missing() -> Response:
    """Undo the last asking or keeping."""
    at = ListFilters(request.form).timestamp("at")
    done = 0
    if at is not None:
        with use_case() as ctx:
            done = missing_from_file.undo_decision(ctx, at)
    flash(
        ngettext("%(num)s dossier remis comme avant.", "%(num)s dossiers remis comme avant.", done)
        if done
        else _("Rien à défaire : ces dossiers ont changé depuis."),
        "success" if done else "warning",
    )
    return redirect(url_for("lead.missing"), 303)


def _ask_to_settle() -> str | Response:
    """The page that says what closing would do; its form names each case."""
    ctx, ids = reading(), set(_chosen_ids())
    statement = missing_cases(ctx, MissingSearch(sort="reference"))
    cases = [case for case in ctx.session.scalars(statement) if case.id in ids]
    args = filters_now()
    if not cases:
        flash(_("Cochez d'abord des dossiers."), "warning")
        return redirect(url_for("lead.missing", **args), 303)
    free = [case for case in cases if case.state != CaseState.IN_CALL]
    beside = missing_from_file.beside(ctx.session, [case.id for case in free])
    return render_template(
        "lead/imported/confirm_settle.html",
        cases=free,
        total_cents=sum(case.debt_cents or 0 for case in free),
        in_call=[case.reference for case in cases if case.state == CaseState.IN_CALL],
        with_plan=len(beside.plans),
        references=listed([case.reference for case in free], 20),
        args=args,
    )


def _chosen_ids() -> list[int]:
    """The ticked cases, or all those of the filtered list as the reader saw it.

    Raises:
        Conflict: the list has grown or shrunk meanwhile.
    """
    if request.form.get("scope") != "all":
        return request.form.getlist("case", type=int)
    ctx = reading()
    statement = missing_from_file.listed(ctx, list_filter())
    found = [case.id for case in ctx.session.scalars(statement)]
    if len(found) != request.form.get("expected", 0, type=int):
        raise Conflict(N_("La liste a changé entre-temps : vérifiez-la, puis recommencez."))
    return found


def _row(case: Case, files: dict[int, Batch]) -> Row:
    last, since = files.get(case.last_batch_id or 0), files.get(case.missing_since_batch_id or 0)
    return [
        case.reference,
        case.contract_number,
        _(case.campaign_kind.label),
        last.file_name if last else None,
        case.debt_cents,
        since.file_name if since else None,
        None,
    ]


def _tell(code: str, done: int, chosen: Chosen) -> None:
    """What was done, and which cases were passed over and why."""
    if done:
        flash(_DONE[code](done), "success")
    elif not (chosen.in_call or chosen.gone or chosen.asked):
        flash(_("Cochez d'abord des dossiers."), "warning")
    if chosen.in_call:
        flash(
            _(
                "En appel en ce moment, laissés tels quels : %(references)s.",
                references=listed(chosen.in_call),
            ),
            "warning",
        )
    if chosen.asked:
        flash(
            _(
                "Le partenaire vient d'être interrogé pour %(references)s : rien de plus.",
                references=listed(chosen.asked),
            ),
            "warning",
        )
    if chosen.gone:
        flash(
            _(
                "Déjà traités, ou cités depuis par un fichier : %(references)s.",
                references=listed(chosen.gone),
            ),
            "warning",
        )


ACTS: dict[str, Callable[..., Chosen]] = {
    "ask": missing_from_file.ask,
    "settle": missing_from_file.settle,
    "keep": missing_from_file.keep_open,
}
_DONE = {
    "ask": lambda done: ngettext(
        "%(num)s dossier marqué : téléchargez la liste pour l'envoyer au partenaire. "
        "Un suivi vous rappelle sa réponse dans une semaine.",
        "%(num)s dossiers marqués : téléchargez la liste pour l'envoyer au partenaire. "
        "Un suivi vous rappelle sa réponse dans une semaine.",
        done,
    ),
    "settle": lambda done: ngettext(
        "%(num)s dossier clos comme soldé. Rien n'est compté comme payé.",
        "%(num)s dossiers clos comme soldés. Rien n'est compté comme payé.",
        done,
    ),
    "keep": lambda done: ngettext(
        "%(num)s dossier gardé : il n'est plus dans cette liste.",
        "%(num)s dossiers gardés : ils ne sont plus dans cette liste.",
        done,
    ),
}
