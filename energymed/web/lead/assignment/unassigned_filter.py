"""The filter of the unassigned cases, as the address or a form carries it."""

from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

from energymed.calling.assignment.unassigned import UNASSIGNED, CaseFilter
from energymed.partners.codes import CampaignKind
from energymed.web.shared.list_filters import ListFilters, kept_search


@dataclass(frozen=True, slots=True)
class UnassignedFilter:
    """What was asked: `args` as typed (for links and hidden fields), `chosen` for the service.

    `error` is a sentence when something typed cannot be read; that part is then left out. `sort`
    is the order of the list, never that of the spread.
    """

    args: dict[str, str]
    chosen: CaseFilter
    error: str | None = None
    sort: str = ""

    @property
    def filtered(self) -> bool:
        """True when something but the search narrows the list."""
        return any(name in self.args for name in NAMES)


SEARCH = "unassigned_search"
NAMES = ("partner", "kind", "commune", "least", "most", "before")


def read_filter(values: MultiDict[str, str]) -> UnassignedFilter:
    """The filter in the values of an address or a form."""
    given = ListFilters(values)
    chosen = CaseFilter(
        partner_id=given.number("partner"),
        kind=given.code("kind", CampaignKind),
        commune=given.text("commune") or None,
        least_cents=given.cents("least"),
        most_cents=given.cents("most"),
        cutoff_before=given.day("before"),
        text=kept_search(SEARCH, values),
    )
    return UnassignedFilter(
        given.typed(*NAMES, "found", "sort"), chosen, given.error, given.sort(UNASSIGNED)
    )
