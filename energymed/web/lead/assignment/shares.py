"""What each mediator would get, as the pages that give cases show it before they do."""

from collections import Counter
from collections.abc import Mapping, Sequence

from flask_babel import gettext as _

from energymed.base.context import Context
from energymed.calling.assignment.spread import MediatorShare, version_of
from energymed.calling.assignment.workload import (
    calls_per_day,
    urgent_days_by_mediator,
    urgent_days_left,
)
from energymed.cases.codes import CaseState
from energymed.web.shared.filters import ngettext


def preview_of(
    ctx: Context, shares: Sequence[MediatorShare], loads: Mapping[int, int]
) -> dict[str, object]:
    """What `_shares.html` needs; `loads` are the cases that each mediator has already."""
    return {
        "shares": sorted(shares, key=lambda share: share.user.name),
        "seen": version_of(shares),
        "given": sum(len(share.cases) for share in shares),
        "remarks": {share.user.id: _remarks(share) for share in shares},
        "pace": _workload(ctx, shares, loads) if shares else {},
    }


def _workload(
    ctx: Context, shares: Sequence[MediatorShare], loads: Mapping[int, int]
) -> dict[int, int]:
    """{mediator: calls a day with what they hold already}; closed cases are not called."""
    held = urgent_days_by_mediator(ctx)
    return {
        share.user.id: calls_per_day(
            len(share.cases) - _closed_in(share) + loads.get(share.user.id, 0),
            [*held.get(share.user.id, []), *urgent_days_left(share.cases, ctx.now)],
        )
        for share in shares
    }


def _closed_in(share: MediatorShare) -> int:
    """How many closed cases, on which something is still to be done, a share has."""
    return sum(case.state == CaseState.CLOSED for case in share.cases)


def _remarks(share: MediatorShare) -> str:
    """What is special about a share: languages, households kept together, closed cases."""
    homes = Counter(case.person.household_id for case in share.cases)
    together, followed = sum(count > 1 for count in homes.values()), _closed_in(share)
    told = [
        (share.by_language, ngettext(
            "%(num)s personne pour sa langue", "%(num)s personnes pour leur langue",
            share.by_language)),
        (together, ngettext(
            "%(num)s foyer gardé ensemble", "%(num)s foyers gardés ensemble", together)),
        (followed, ngettext(
            "%(num)s dossier clos à suivre", "%(num)s dossiers clos à suivre", followed)),
    ]  # fmt: skip
    return ", ".join(text for count, text in told if count)


def who_got(shares: Sequence[MediatorShare]) -> str:
    """Who got how many, in one sentence."""
    got = [share for share in sorted(shares, key=lambda share: share.user.name) if share.cases]
    if not got:
        return _("Aucun dossier à donner : un autre envoi les a peut-être déjà répartis.")
    return _(
        "Dossiers répartis : %(shares)s.",
        shares=", ".join(f"{share.user.name} {len(share.cases)}" for share in got),
    )
