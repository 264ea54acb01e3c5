"""What is told of a request for aid that runs: whose turn it is, papers, rules, ways on."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from energymed.base.clock import today
from energymed.base.db import db
from energymed.cases.models import Case
from energymed.casework.move_on import Step
from energymed.mediation.after_refusal import SENTENCES, ways_after
from energymed.mediation.aid_codes import AfterRefusal, AidPaper
from energymed.mediation.aid_papers import PapersNoted
from energymed.mediation.aid_turns import turn_of
from energymed.mediation.codes import AidState, Fund
from energymed.mediation.directory_choice import Offered, offer
from energymed.mediation.models import AidRequest
from energymed.mediation.next_dates import NextDate
from energymed.mediation.running import Running, RunningThing, filed_by
from energymed.mediation.states import PAPERS_COME
from energymed.web.mediator.call.directory_lines import rules_in_words
from energymed.web.shared.filters import day

MOST_FUNDS = 3  # named after a refusal
OF_WATER = (Fund.FSL_WATER, Fund.WATER_FUND)
BEFORE_FILING = (AidState.IDENTIFIED, *PAPERS_COME)


@dataclass(frozen=True, slots=True)
class PaperBox:
    """A paper on the page: its code and label, whether it came, whether its box is ticked."""

    code: AidPaper
    label: str
    came: bool
    ticked: bool


@dataclass(frozen=True, slots=True)
class Papers:
    """The checklist of a request; `name` begins the names of its controls.

    `came` are the codes that had come when the page was drawn: what changed since is a
    colleague's, and stays.
    """

    name: str
    boxes: Sequence[PaperBox]
    others: Mapping[str, str]
    came: str
    more: str = ""

    @property
    def missing(self) -> int:
        """How many are not there."""
        return sum(not box.came for box in self.boxes)


def turn_in_words(thing: RunningThing) -> str:
    """Who does what next in a request, and until when; nothing for what is no request."""
    if thing.next is None or not isinstance(thing.record, AidRequest):
        return ""
    return _said(turn_of(thing.next, filed_by(thing.record)).label, thing.next)


def _said(sentence: str, after: NextDate) -> str:
    return _(sentence) % {"day": day(after.on), "end": day(after.end) if after.end else ""}


def rules_told(aid: AidRequest) -> str:
    """The rules of the fund, until the request is filed."""
    if aid.listed is None or aid.state not in BEFORE_FILING:
        return ""
    return ", ".join(rules_in_words(aid.listed, 0))


def ways_told(thing: RunningThing) -> list[str]:
    """What is still possible after a refusal, each in a sentence."""
    aid = thing.record
    if thing.next is None or aid.state != AidState.REFUSED:
        return []
    ways = ways_after(aid.refusal_reason)
    told = [_said(SENTENCES[way], thing.next) for way in ways]
    if AfterRefusal.OTHER_FUND in ways and (names := other_funds(aid, thing.case)):
        place = ways.index(AfterRefusal.OTHER_FUND)
        told[place] = f"{told[place]} {_('Par exemple : %(names)s.', names=', '.join(names))}"
    return told


def other_funds(aid: AidRequest, case: Case) -> list[str]:
    """The nearest funds of the directory for the same thing, but the one that refused."""
    funds = offer(db.session(), case.postal_code, case.commune, today()).funds
    of_water, for_other = aid.fund in OF_WATER, Fund.FSL_ENERGY
    return [
        each.name
        for each in funds
        if not _is_that(each, aid) and each.kind not in ((for_other,) if of_water else OF_WATER)
    ][:MOST_FUNDS]


def _is_that(each: Offered, aid: AidRequest) -> bool:
    return each.id == aid.fund_id or (aid.fund_id is None and each.kind == aid.fund)


def papers_of(aid: AidRequest, typed: Mapping[str, Any]) -> Papers | None:
    """The checklist of a request, as it stands or as it was typed; None where none is kept."""
    if aid.state not in PAPERS_COME or not aid.papers:
        return None
    name = f"move-{Running.PAPERS}-{aid.id}"
    was_typed = name in typed
    ticked = _listed(typed, f"{name}-came")
    boxes = [
        PaperBox(
            each.paper,
            each.paper.label,
            bool(each.received_on),
            each.paper in ticked if was_typed else bool(each.received_on),
        )
        for each in aid.papers
    ]
    listed = {box.code for box in boxes}
    others: dict[str, str] = {each: each.label for each in AidPaper if each not in listed}
    came = " ".join(box.code for box in boxes if box.came)
    return Papers(name, boxes, others, came, str(typed.get(f"{name}-more") or ""))


def typed_papers(typed: Mapping[str, Any], record_id: int) -> Iterator[Step]:
    """What a form says of the papers of a request: what changed on the page, or nothing."""
    name = f"move-{Running.PAPERS}-{record_id}"
    was, now = set(str(typed.get(f"{name}-was") or "").split()), _listed(typed, f"{name}-came")
    more = str(typed.get(f"{name}-more") or "")
    noted = PapersNoted(tuple(sorted(now - was)), tuple(sorted(was - now)), (more,) if more else ())
    if noted:
        yield Step(kind=Running.PAPERS, record_id=record_id, to=Running.PAPERS, papers=noted)


def _listed(typed: Mapping[str, Any], name: str) -> set[str]:
    several = getattr(typed, "getlist", None)
    found = several(name) if several else typed.get(name) or []
    return {found} if isinstance(found, str) else set(found)
