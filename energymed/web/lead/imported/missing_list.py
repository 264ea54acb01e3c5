"""The filter of the list of missing cases, as the page asks for it."""

from dataclasses import dataclass

from flask import request
from flask_babel import gettext as _

from energymed.base.i18n import N_
from energymed.base.money import parse_cents
from energymed.casework.missing_from_file import MissingFilter
from energymed.intake.batches.missing_cases import LATEST_FIRST, SORTS, MissingSearch
from energymed.web.shared.search_terms import instant, kept_search

SEARCH = "missing_search"
ASKED = {"no": N_("Non"), "yes": N_("Oui")}
CONTACTS = {
    "never": N_("Jamais"),
    "recent": N_("Moins de 30 jours"),
    "old": N_("Plus de 30 jours"),
}
PLANS = {"yes": N_("En cours"), "no": N_("Aucun")}
FILTERS = ("batch", "partner", "least", "most", "asked", "contact", "plan", "at")


@dataclass(frozen=True, slots=True)
class ListFilter(MissingFilter):
    """What the address asks for; `args` as typed, for links; `error` when a part is unreadable."""

    args: dict[str, str]
    error: str | None


def list_filter() -> ListFilter:
    """The filter of the address; what makes no sense asks nothing."""
    args = {name: text for name in FILTERS if (text := request.args.get(name, "").strip())}
    errors: list[str] = []
    sort = request.args.get("sort", LATEST_FIRST)
    search = MissingSearch(
        text=kept_search(SEARCH),
        batch_id=request.args.get("batch", type=int),
        partner_id=request.args.get("partner", type=int),
        least_cents=_cents(args.get("least"), errors),
        most_cents=_cents(args.get("most"), errors),
        asked=args["asked"] if args.get("asked") in ASKED else "",
        sort=sort if sort.removeprefix("-") in (*SORTS, "contact") else LATEST_FIRST,
    )
    contact, plan = args.get("contact", ""), args.get("plan", "")
    return ListFilter(
        search=search,
        contact=contact if contact in CONTACTS else "",
        plan=plan if plan in PLANS else "",
        asked_at=instant(args.get("at")),
        args=args,
        error=errors[0] if errors else None,
    )


def _cents(text: str | None, errors: list[str]) -> int | None:
    if text is None:
        return None
    try:
        return parse_cents(text)
    except ValueError:
        errors.append(_("Le montant « %(text)s » ne peut pas être lu.", text=text))
        return None
