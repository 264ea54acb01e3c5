"""Columns of a file: what each is, chosen with samples in sight and a count of what would pass."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from energymed.base.codes import as_code
from energymed.base.errors import BadInput, DomainError, Refused
from energymed.intake import queries
from energymed.intake.batches import column_choice
from energymed.intake.batches.column_choice import SeenColumns
from energymed.intake.batches.set_right import retarget
from energymed.intake.codes import PENDING_STATES, FileKind
from energymed.intake.mapping.value_shapes import SHAPES
from energymed.partners.service import LONGEST_NAME
from energymed.partners.taking import missions_of, partners_of_site
from energymed.web.lead.files import column_view
from energymed.web.lead.files.column_view import Picks
from energymed.web.shared.errors import sentence
from energymed.web.shared.permissions import requires
from energymed.web.shared.use_case import reading, use_case


@requires("files.import")
def columns(batch_id: int) -> str | Response | tuple[str, int]:
    """See, count and choose the columns of a file that is not yet imported."""
    seen = _seen(batch_id)
    if seen is None:
        return redirect(url_for("lead.file", batch_id=batch_id), 303)
    if request.method == "GET":
        return _page(seen, column_view.picks_seen(seen))
    picks = column_view.picks_sent(seen, request.form)
    if request.form.get("do") == "count":
        return _page(seen, picks)
    return _keep(seen, picks)


@requires("files.import")
def count_columns(batch_id: int) -> str | Response:
    """The part of the page that changes with each choice: the count and what each rests on."""
    seen = _seen(batch_id)
    if seen is None:
        return redirect(url_for("lead.file", batch_id=batch_id), 303)
    picks = column_view.picks_sent(seen, request.form)
    return render_template("lead/files/_columns_count.html", live=True, **_shown(seen, picks))


@requires("files.import")
def retarget_file(batch_id: int) -> Response:
    """Read a waiting file again as of another kind or partner."""
    batch = queries.get_batch(reading(), batch_id)
    kind = as_code(FileKind, request.form.get("kind")) or batch.kind
    partner_id = request.form.get("partner_id", batch.partner_id, type=int)
    try:
        with use_case() as ctx:
            retarget(ctx, batch_id, kind=kind, partner_id=partner_id)
    except (Refused, BadInput) as error:
        flash(sentence(error), "warning")
    return redirect(url_for("lead.columns", batch_id=batch_id), 303)


def _seen(batch_id: int) -> SeenColumns | None:
    """The columns; None when the page of the file says why there are none to choose."""
    batch = queries.get_batch(reading(), batch_id)
    if batch.state not in PENDING_STATES:
        return None
    try:
        return column_choice.see_columns(reading(), batch_id)
    except DomainError:
        return None


def _keep(seen: SeenColumns, picks: Picks) -> Response | tuple[str, int]:
    mapping, clashes = column_choice.assemble(picks, seen.batch.kind)
    if clashes:
        return _page(seen, picks, refused=True), 422
    remember = request.form.get("name", "") if request.form.get("remember") else None
    batch_id = seen.batch.id
    try:
        with use_case() as ctx:
            column_choice.choose_columns(ctx, batch_id, mapping, remember=remember)
    except BadInput as error:
        return _page(seen, picks, refused=True, error=sentence(error)), 422
    except Refused as error:
        flash(sentence(error), "warning")
    else:
        flash(_("Colonnes enregistrées. Voici ce que l'import ferait."), "success")
    return redirect(url_for("lead.file", batch_id=batch_id), 303)


def _page(
    seen: SeenColumns, picks: Picks, *, refused: bool = False, error: str | None = None
) -> str:
    default = column_view.layout_name(seen)
    ctx = reading()
    partners = partners_of_site(ctx.session, ctx.actor.site_id)
    given = missions_of(ctx.session, partners)
    if seen.batch.partner not in partners:  # what the file is stays to be seen
        partners.append(seen.batch.partner)
    return render_template(
        "lead/files/columns.html",
        kinds=FileKind.labels(),
        offered=[kind for kind in FileKind if kind in (*given, FileKind.PAYMENTS, seen.batch.kind)],
        partners=partners,
        shapes=SHAPES,
        groups=column_view.options(seen.batch.kind),
        required=column_view.required_labels(seen.batch.kind),
        change=column_view.layout_message(seen.change, seen.batch.kind),
        remember=request.method == "GET" or bool(request.form.get("remember")),
        name=request.form.get("name", default),
        longest_name=LONGEST_NAME,
        refused=refused,
        error=error,
        **_shown(seen, picks),
    )


def _shown(seen: SeenColumns, picks: Picks) -> dict[str, object]:
    """What both the page and its live part show of the choice as it stands."""
    mapping, clashes = column_choice.assemble(picks, seen.batch.kind)
    counted = None if clashes else column_choice.count_lines(reading(), seen, mapping)
    return {
        "batch": seen.batch,
        "rows": column_view.rows(seen, picks),
        "clashes": [column_view.clash_sentence(clash) for clash in clashes],
        "counted": counted,
        "missing": column_view.labels(counted.missing, seen.batch.kind) if counted else [],
        "summed": bool(mapping.get("amount_2")),
        "checklist": column_view.checklist(mapping, seen.batch.kind),
        "groups_of_problems": column_view.problem_groups(counted),
    }
