"""Readings of what is known of a person, told to the trail once a person, user and day.

The desk of a call needs nothing of it: the claim that opens it is in the trail already. For the
pages that only read, a look into a small table says that today's row is there; only the first
opening of the day writes.
"""

from flask import Response, after_this_request

from energymed.cases.openings import note_opening, opened_today
from energymed.web.shared.use_case import reading, use_case


def person_read(person_id: int) -> None:
    """Note that the page of this request shows what is known of a person, once it is made.

    Whatever was read for the page is let go by the write, and so it comes last.
    """

    @after_this_request
    def note(response: Response) -> Response:
        if response.status_code == 200 and not opened_today(reading(), person_id):
            with use_case() as ctx:
                note_opening(ctx, person_id)
        return response
