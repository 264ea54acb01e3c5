"""Letters: people whom no telephone reaches, listed, exported for a mail merge, noted as sent."""

from collections.abc import Iterable
from uuid import uuid4

from flask import Response as FlaskResponse
from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from energymed.base.clock import now
from energymed.base.context import Context
from energymed.base.db import db
from energymed.base.errors import BadInput, Conflict
from energymed.base.i18n import N_
from energymed.calling import letters as service
from energymed.calling.letters import NEWEST_FIRST, SORTS, LetterSearch, Sent
from energymed.cases.models import Case
from energymed.partners.codes import KINDS
from energymed.partners.queries import all_partners
from energymed.web.shared.downloads import Value, asked_form, download
from energymed.web.shared.errors import sentence
from energymed.web.shared.filters import ngettext
from energymed.web.shared.paging import page_number, paginate
from energymed.web.shared.permissions import requires
from energymed.web.shared.search_terms import filters_now, instant, keep_search, kept_search
from energymed.web.shared.use_case import reading, use_case

SEARCH = "letter_search"
WRITTEN = {"no": N_("Pas encore écrit"), "yes": N_("Déjà écrit"), "all": N_("Tous")}
TITLES = (
    N_("Destinataire"), N_("Complément d'adresse"), N_("Adresse"), N_("Code postal et commune"),
    N_("Civilité"), N_("Prénom"), N_("Nom"), N_("Partenaire"), N_("Mission"), N_("Référence"),
    N_("Reste dû"), N_("Coupure prévue"), N_("Lot"),
)  # fmt: skip


@requires("letters.send")
def letters() -> str:
    """The open cases whose person has no usable number, those never written to first asked for."""
    session, ctx, wanted, seen = db.session(), reading(), _wanted(), now()
    page = paginate(session, service.without_phone(ctx, wanted), page_number(), exact=True)
    return render_template(
        "lead/letters/letters.html",
        page=page,
        wanted=wanted,
        filtered=any((wanted.partner_id, wanted.commune, wanted.batch_id, wanted.written != "no")),
        last=service.last_letters(session, [case.id for case in page.items]),
        partners=all_partners(session),
        communes=service.communes(ctx),
        written=WRITTEN,
        kinds=KINDS,
        request_key=uuid4(),
        seen=seen,
        kept=filters_now(),
    )


@requires("letters.send")
def search_letters() -> Response:
    """Keep what is searched for, and go back to the list."""
    return keep_search(SEARCH, "lead.letters")


@requires("letters.send")
def export_letters() -> FlaskResponse:
    """The filtered list for a mail merge: each line of the address in its own column."""
    cases = db.session.scalars(service.without_phone(reading(), _wanted()))
    titles = [_(title) for title in TITLES]
    return download(asked_form(), _("courriers"), titles, map(merge_line, cases))


@requires("letters.send")
def letters_sent() -> Response:
    """Note that a letter went out: on the ticked cases, or on the whole filtered list."""
    key = request.form.get("request_key", "")
    expected, seen = request.form.get("expected", 0, type=int), instant(request.form.get("seen"))
    try:
        with use_case() as ctx:
            if request.form.get("scope") == "all":
                chosen = _whole_list(ctx, expected)
            else:
                chosen = request.form.getlist("case", type=int)
            sent = service.note_letters(ctx, chosen, request_key=key, seen=seen)
    except (BadInput, Conflict) as error:
        flash(sentence(error), "warning")
    else:
        _tell(sent)
    return redirect(url_for("lead.letters", **filters_now()), 303)


def _whole_list(ctx: Context, expected: int) -> list[int]:
    """Ids of the filtered list, as long as it is what the reader saw.

    Raises:
        Conflict: it has grown or shrunk meanwhile.
    """
    found = [case.id for case in ctx.session.scalars(service.without_phone(ctx, _wanted()))]
    if len(found) != expected:
        raise Conflict(N_("La liste a changé entre-temps : vérifiez-la, puis recommencez."))
    return found


def merge_line(case: Case) -> list[Value]:
    """A case as a line of the mail merge; the last line of an address is in capitals."""
    person = case.person
    town = " ".join(part for part in (case.postal_code, case.commune) if part)
    return [
        person.full_name, case.address_extra, case.address, town.upper(),
        person.civility, person.first_name, person.last_name, case.partner.name,
        _(KINDS[case.campaign_kind]), case.reference, case.debt_cents, case.cutoff_date,
        str(case.last_batch_id or ""),
    ]  # fmt: skip


def _wanted() -> LetterSearch:
    """What the address and the session ask for; what makes no sense asks nothing."""
    args = request.args
    written, sort = args.get("written", "no"), args.get("sort", NEWEST_FIRST)
    return LetterSearch(
        text=kept_search(SEARCH),
        partner_id=args.get("partner", type=int),
        commune=args.get("commune", ""),
        batch_id=args.get("batch", type=int),
        written=written if written in WRITTEN else "no",
        sort=sort if sort.removeprefix("-") in SORTS else NEWEST_FIRST,
    )


def _tell(sent: Sent) -> None:
    if sent.recorded:
        flash(
            ngettext("%(num)s courrier noté.", "%(num)s courriers notés.", sent.recorded), "success"
        )
    elif not (sent.passed_over or sent.written):
        flash(_("Cochez les dossiers auxquels un courrier est parti."), "warning")
    if sent.written:
        flash(
            _(
                "Un courrier vient déjà d'être noté pour %(references)s : rien de plus.",
                references=listed(sent.written),
            ),
            "warning",
        )
    if sent.passed_over:
        flash(
            _(
                "Rien de noté pour %(references)s : clos entre-temps, ou un numéro est connu.",
                references=listed(sent.passed_over),
            ),
            "warning",
        )


def listed(references: Iterable[str], most: int = 10) -> str:
    """References one after the other, the first ones when there are many."""
    every = list(references)
    return ", ".join(every[:most]) + (", …" if len(every) > most else "")
