"""The filter of the list of missing cases, as the page asks for it."""

from dataclasses import dataclass

from energymed.base.i18n import N_
from energymed.casework.missing_from_file import WITH_CONTACTS, MissingFilter
from energymed.intake.batches.missing_cases import MissingSearch
from energymed.web.shared.list_filters import ListFilters, kept_search

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
    given = ListFilters()
    search = MissingSearch(
        text=kept_search(SEARCH),
        batch_id=given.number("batch"),
        partner_id=given.number("partner"),
        least_cents=given.cents("least"),
        most_cents=given.cents("most"),
        asked=given.one_of("asked", ASKED),
        sort=given.sort(WITH_CONTACTS),
    )
    return ListFilter(
        search=search,
        contact=given.one_of("contact", CONTACTS),
        plan=given.one_of("plan", PLANS),
        asked_at=given.timestamp("at"),
        args=given.typed(*FILTERS),
        error=given.error,
    )
