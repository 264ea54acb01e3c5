"""What was agreed, in writing: the ways there are, and the text as it will leave."""

from flask import render_template

from energymed.cases.queries import get_case
from energymed.casework.agreed_in_writing import WrittenBy, ways_to_write
from energymed.messages.letters.codes import LetterVariant
from energymed.messages.letters.library import variant_of
from energymed.web.mediator.call.forms import CallForm
from energymed.web.mediator.call.outcome_form import written_typed
from energymed.web.shared.errors import sentence
from energymed.web.shared.permissions import requires
from energymed.web.shared.use_case import reading


@requires("cases.work")
def written(case_id: int) -> str:
    """The ways to write to the person, the proposed one chosen; nothing where it is not ticked."""
    ctx, form = reading(), CallForm()
    case = get_case(ctx, case_id)
    wish = written_typed(form)
    if wish is None:
        return ""
    ways = ways_to_write(ctx, case, wish)
    refusals = {way.by: sentence(way.refusal) for way in ways if way.refusal}
    possible = [way for way in ways if way.by not in refusals]
    first = next(iter(possible), None)
    chosen = next((way for way in possible if way.by == wish.by), first)
    return render_template(
        "mediator/call/_written_ways.html",
        case_id=case_id,
        ways=sorted(ways, key=lambda way: list(WrittenBy).index(way.by)),
        refusals=refusals,
        chosen=chosen,
        variants=list(LetterVariant),
        plain=variant_of(ctx, case) == LetterVariant.PLAIN,
    )
