"""The papers of a request for aid, one by one: asked for, come, and where it stands by them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from energymed.base import audit
from energymed.base.clock import paris_date
from energymed.base.codes import as_code
from energymed.base.context import Context
from energymed.base.errors import BadInput, Refused
from energymed.base.i18n import N_
from energymed.mediation.aid_codes import USUAL_PAPERS, AidPaper
from energymed.mediation.codes import AidState
from energymed.mediation.directory_models import AidFund
from energymed.mediation.journal import check_in_charge, locked
from energymed.mediation.models import AidDocument, AidRequest
from energymed.mediation.moves import set_aid_state
from energymed.mediation.states import PAPERS_COME, state_by_papers, whose_step

NOT_NOW = N_("Les pièces ne se notent plus : cette demande est déposée, ou attend encore l'accord "
             "de la personne.")  # fmt: skip


@dataclass(frozen=True, slots=True)
class PapersNoted:
    """What is noted at once: papers that came, some that did not after all, some asked besides."""

    came: Sequence[str] = ()
    not_come: Sequence[str] = ()
    asked: Sequence[str] = ()

    def __bool__(self) -> bool:
        """Whether anything is noted."""
        return bool(self.came or self.not_come or self.asked)

    @property
    def codes(self) -> set[str]:
        """All papers that it names."""
        return {*self.came, *self.not_come, *self.asked}


def papers_of_fund(fund: AidFund | None) -> Sequence[AidPaper]:
    """What a fund asks for; the usual papers where it says nothing."""
    listed = [as_code(AidPaper, each) for each in fund.documents] if fund else []
    return [each for each in listed if each is not None] or USUAL_PAPERS


def first_papers(
    fund: AidFund | None, asked: Sequence[str], on: date, user_id: int | None
) -> list[AidDocument]:
    """The papers of a new request: those asked for on that day, else what the fund asks for."""
    codes = [AidPaper(each) for each in dict.fromkeys(asked)]
    if codes:
        return [AidDocument(paper=each, asked_on=on, noted_by_id=user_id) for each in codes]
    return [AidDocument(paper=each) for each in papers_of_fund(fund)]


def note_papers(ctx: Context, aid_id: int, noted: PapersNoted) -> AidRequest:
    """Note papers that came, or did not after all; the state of the request follows.

    What was noted already stays as it was. Whoever is in charge, noted the last step or is a lead
    finds that a complete request is not.

    Raises:
        NotFound: unknown or of another site.
        BadInput: a paper that no fund asks for.
        Refused: the request is past its papers, or complete by somebody else's word.
    """
    aid, _case = locked(ctx, AidRequest, aid_id)
    check_papers(aid, noted)
    if not noted:
        return aid
    on, user_id = paris_date(ctx.now), ctx.actor.user_id
    came = _set_received(aid, noted.came, on, user_id)
    not_come = _set_received(aid, noted.not_come, None, user_id)
    asked = _ask(aid, noted.asked, on, user_id)
    before, after = aid.state, by_papers(aid)
    if after == AidState.DOCUMENTS_PENDING:  # what was only usual is awaited with the rest
        asked |= _ask(aid, aid.to_bring, on, user_id)
    if after == before and not (came or not_come or asked):
        return aid
    if whose := whose_step(aid, after):
        check_in_charge(ctx.actor, *whose)
    if after != before:
        set_aid_state(ctx, aid, after, on)
        aid.moved_by_id = user_id
    if after != before or came:
        aid.moved_on = on
    told = {
        "state": after, "came": sorted(came), "not_come": sorted(not_come), "asked": sorted(asked),
    }  # fmt: skip
    audit.record(ctx, "aid.papers", aid, before={"state": before}, after=told)
    ctx.session.flush()
    return aid


def check_papers(aid: AidRequest, noted: PapersNoted) -> None:
    """Refuse what `note_papers` would of the papers themselves, writing nothing."""
    if any(as_code(AidPaper, each) is None for each in noted.codes):
        raise BadInput(N_("Pièce inconnue."), field="papers")
    if noted and aid.state not in PAPERS_COME:
        raise Refused(NOT_NOW)


def by_papers(aid: AidRequest) -> AidState:
    """Where a request stands by its papers."""
    known = any(each.asked_on or each.received_on for each in aid.papers)
    return state_by_papers(aid.state, len(aid.to_bring), known=known)


def ask_papers(aid: AidRequest, missing: Sequence[str], on: date, user_id: int | None) -> None:
    """These papers are missing, and no other: what is known besides is there."""
    _ask(aid, missing, on, user_id)
    _set_received(aid, missing, None, user_id)
    others = [each.paper for each in aid.papers if each.paper not in missing]
    _set_received(aid, [each for each in others if _was_asked(aid, each)], on, user_id)
    aid.papers = [each for each in aid.papers if each.asked_on or each.received_on]


def all_came(aid: AidRequest, on: date, user_id: int | None) -> None:
    """All papers are there: somebody said that the request is complete."""
    _set_received(aid, aid.to_bring, on, user_id)


def carry_papers(former: AidRequest, aid: AidRequest) -> None:
    """What came for the request whose place another takes has come for that one."""
    came = {each.paper: each for each in former.papers if each.received_on}
    known = {each.paper for each in aid.papers}
    for each in aid.papers:
        if each.paper in came and not each.asked_on:
            each.received_on = came[each.paper].received_on
    aid.papers += [
        AidDocument(
            paper=each.paper,
            asked_on=each.asked_on,
            received_on=each.received_on,
            noted_by_id=each.noted_by_id,
        )
        for each in came.values()
        if each.paper not in known
    ]


def _ask(aid: AidRequest, asked: Iterable[str], on: date, user_id: int | None) -> set[str]:
    """Note that these papers are asked for; gives those that were not yet."""
    changed = set()
    known = {each.paper: each for each in aid.papers}
    for code in dict.fromkeys(asked):
        paper = known.get(AidPaper(code))
        if paper is None:
            aid.papers.append(AidDocument(paper=AidPaper(code), asked_on=on, noted_by_id=user_id))
        elif paper.asked_on is None:
            paper.asked_on, paper.noted_by_id = on, user_id
        else:
            continue
        changed.add(str(AidPaper(code)))
    return changed


def _set_received(
    aid: AidRequest, codes: Iterable[str], on: date | None, user_id: int | None
) -> set[str]:
    """Note the day of these papers, where it changes; gives those that it changed."""
    changed = set()
    for each in aid.papers:
        if each.paper in codes and bool(each.received_on) != bool(on):
            each.received_on, each.noted_by_id = on, user_id
            changed.add(str(each.paper))
    return changed


def _was_asked(aid: AidRequest, paper: AidPaper) -> bool:
    return any(each.paper == paper and each.asked_on for each in aid.papers)
