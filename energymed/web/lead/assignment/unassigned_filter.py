"""The filter of the pile of cases to be assigned, as the address or a form carries it."""

from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from energymed.base.money import parse_cents
from energymed.base.text.folding import whole_number
from energymed.calling.assignment.unassigned import CaseFilter
from energymed.cases.queries import SORTS
from energymed.partners.codes import KINDS
from energymed.web.shared.search_terms import kept_search


@dataclass(frozen=True, slots=True)
class PileFilter:
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


SEARCH = "pile_search"
NAMES = ("partner", "kind", "commune", "least", "most", "before")


def read_filter(given: MultiDict[str, str]) -> PileFilter:
    """The filter in the values of an address or a form."""
    kept = (*NAMES, "found", "sort")
    args = {name: text for name in kept if (text := given.get(name, "").strip())}
    sort = args.get("sort", "")
    errors: list[str] = []
    chosen = CaseFilter(
        partner_id=whole_number(args.get("partner")),
        kind=args.get("kind") if args.get("kind") in KINDS else None,
        commune=args.get("commune"),
        least_cents=_cents(args.get("least"), errors),
        most_cents=_cents(args.get("most"), errors),
        cutoff_before=_day(args.get("before"), errors),
        text=kept_search(SEARCH, given),
    )
    return PileFilter(
        args,
        chosen,
        errors[0] if errors else None,
        sort if sort.removeprefix("-") in SORTS else "",
    )


def _cents(text: str | None, errors: list[str]) -> int | None:
    if text is None:
        return None
    try:
        return parse_cents(text)
    except ValueError:
        errors.append(_("Le montant « %(text)s » ne peut pas être lu.", text=text))
        return None


def _day(text: str | None, errors: list[str]) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        errors.append(_("La date « %(text)s » ne peut pas être lue.", text=text))
        return None
