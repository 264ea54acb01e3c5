"""The indexes by which lists of cases are read in their order, and cases by their next date."""

from collections.abc import Iterator

from sqlalchemy import Index, text

NEXT_KNOWN = "next_action_at IS NOT NULL"  # else all closed cases would be in it
# true of every case: the words of the indexes, and only they lead to them. SQLite would else read a
# whole site in their order for lists of the few that are open
WORDS = "partner_id > 0"
# what lists of cases are sorted by: the number settles what is equal, and what a list is filtered
# by is in the index too, so that no case is read to be left out
LISTED_BY = {
    "opened": "opened_at",
    "reference": "reference",
    "commune": "commune",
    "debt": "debt_cents",
    "cutoff": "cutoff_date",
}
FILTERED_BY = ("assigned_to_id", "campaign_kind", "partner_id")


def list_indexes() -> Iterator[Index]:
    """New ones, for the table of cases."""
    for name, column in LISTED_BY.items():
        yield Index(
            f"ix_case_file_by_{name}",
            *("site_id", column, "id", *FILTERED_BY),
            sqlite_where=text(WORDS),
            postgresql_where=text(WORDS),
        )
    yield Index(
        "ix_case_file_next_action_at",
        "next_action_at",
        sqlite_where=text(NEXT_KNOWN),
        postgresql_where=text(NEXT_KNOWN),
    )
    # those of a period, whatever is stored
    yield Index("ix_case_file_opened_at", "opened_at")
    told = text("told_at IS NOT NULL")
    yield Index("ix_case_file_told_at", "told_at", sqlite_where=told, postgresql_where=told)
    held = text("state = 'in_call'")
    yield Index("ix_case_file_in_call", "claimed_by_id", sqlite_where=held, postgresql_where=held)
