"""Missing from the file: the list, what is asked of the partner, and the bulk acts."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from energymed.base.clock import now
from energymed.base.context import Context
from energymed.base.db import db
from energymed.base.errors import BadInput, Conflict
from energymed.base.i18n import N_
from energymed.base.spreadsheets import Column, Kind, Row
from energymed.cases.models import Case
from energymed.intake.batches.missing_cases import Chosen, MissingSearch, files_of, missing_cases
from energymed.intake.models import Batch
from energymed.intake.queries import get_batch
from energymed.partners.codes import KINDS
from energymed.partners.queries import all_partners
from energymed.web.lead.imported import missing_acts, missing_list
from energymed.web.lead.imported.missing_list import ASKED, CONTACTS, PLANS, SEARCH
from energymed.web.lead.letters.letter_list import listed
from energymed.web.shared.downloads import download_list
from energymed.web.shared.errors import sentence
from energymed.web.shared.filters import ngettext
from energymed.web.shared.list_filters import ListFilters, filters_now
from energymed.web.shared.paging import page_number, paginate
from energymed.web.shared.permissions import actor, requires
from energymed.web.shared.search_terms import keep_search
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
    session, who, at = db.session(), actor(), now()  # the time first: what comes later is unseen
    asked = missing_list.wanted()
    batch = (
        get_batch(Context(session, who), asked.search.batch_id) if asked.search.batch_id else None
    )
    page = paginate(session, missing_list.listed(who, asked, at), page_number(), exact=True)
    return render_template(
        "lead/imported/missing.html",
        page=page,
        wanted=asked,
        seen=at,
        batch=batch,
        files=files_of(session, page.items),
        beside=missing_list.beside(session, [case.id for case in page.items]),
        partners=all_partners(session),
        choices={"asked": ASKED, "contact": CONTACTS, "plan": PLANS},
        kinds=KINDS,
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
    session, who, at = db.session(), actor(), now()
    asked = missing_list.wanted()
    partners = missing_list.partners_in(Context(session, who, at), asked)
    if len(partners) != 1:
        flash(
            _("Choisissez d'abord un partenaire : ces références ne vont qu'à lui.")
            if partners
            else _("Aucun dossier à envoyer : effacez un filtre."),
            "warning",
        )
        return redirect(url_for("lead.missing", **filters_now()), 303)
    cases = session.scalars(missing_list.listed(who, asked, at)).all()
    files = files_of(session, cases)
    name = "-".join([_("absents"), cases[0].partner.code])
    return download_list(name, COLUMNS, (_row(case, files) for case in cases))


@requires("files.import")
def act_on_missing() -> str | Response:
    """Ask the partner, keep, or close as settled once that was confirmed on a page of its own."""
    code = request.form.get("act", "")
    if code not in missing_acts.ACTS:
        raise BadInput(N_("La demande n'a pas été comprise : rechargez la page."))
    args = filters_now()
    seen = {"seen": ListFilters(request.form).timestamp("seen")} if code == "ask" else {}
    try:
        if code == "settle" and not request.form.get("confirmed"):
            return _ask_to_settle()
        with use_case() as ctx:
            chosen = missing_acts.ACTS[code](ctx, _chosen_ids(), **seen)
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
def take_back_missing() -> Response:
    """Undo the last asking or keeping."""
    at = ListFilters(request.form).timestamp("at")
    done = 0
    if at is not None:
        with use_case() as ctx:
            done = missing_acts.take_back(ctx, at)
    flash(
        ngettext("%(num)s dossier remis comme avant.", "%(num)s dossiers remis comme avant.", done)
        if done
        else _("Rien à défaire : ces dossiers ont changé depuis."),
        "success" if done else "warning",
    )
    return redirect(url_for("lead.missing"), 303)


def _ask_to_settle() -> str | Response:
    """The page that says what closing would do; its form names each case."""
    session, who = db.session(), actor()
    ids = set(_chosen_ids())
    statement = missing_cases(who, MissingSearch(sort="reference"))
    cases = [case for case in session.scalars(statement) if case.id in ids]
    args = filters_now()
    if not cases:
        flash(_("Cochez d'abord des dossiers."), "warning")
        return redirect(url_for("lead.missing", **args), 303)
    free = [case for case in cases if case.state != "in_call"]
    beside = missing_list.beside(session, [case.id for case in free])
    return render_template(
        "lead/imported/confirm_settle.html",
        cases=free,
        total_cents=sum(case.debt_cents or 0 for case in free),
        in_call=[case.reference for case in cases if case.state == "in_call"],
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
    statement = missing_list.listed(actor(), missing_list.wanted(), now())
    found = [case.id for case in db.session.scalars(statement)]
    if len(found) != request.form.get("expected", 0, type=int):
        raise Conflict(N_("La liste a changé entre-temps : vérifiez-la, puis recommencez."))
    return found


def _row(case: Case, files: dict[int, Batch]) -> Row:
    last, since = missing_list.seen_last(files, case), files.get(case.missing_since_batch_id or 0)
    return [
        case.reference,
        case.contract_number,
        _(KINDS[case.campaign_kind]),
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
