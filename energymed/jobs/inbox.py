"""The watched folder: what a partner's secure transfer brings becomes a deposit for the lead.

`inbox/<partner>/` or `inbox/<partner>/<site>/` are boxes. A file that has lain still for a while
is claimed by one rename into the box's `.taking/`, under a fresh token; then it is deposited in a
transaction of its own; then it goes to the partner's `.taken/`, or to `.refused/` with the reason
beside it. Stopped after any of these steps, the next round finds it in `.taking/` and goes on;
the token says whether the database already has it.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from pathlib import PurePath
from uuid import uuid4

from sqlalchemy import select

from energymed.accounts.models import Site
from energymed.base.db import db, transaction
from energymed.base.errors import DomainError, TryLater
from energymed.base.logs import Log
from energymed.base.shared_folders import Folder, open_folder, short_name
from energymed.config import Settings
from energymed.intake.batches.deposits import usual_site
from energymed.intake.batches.inbox import (
    QUIET,
    REFUSED_FOR,
    TAKEN_FOR,
    Arrival,
    deposit_arrival,
    is_unfinished,
    note_refusal,
)
from energymed.intake.codes import DiscardReason
from energymed.intake.reading.file_safety import MAX_BYTES
from energymed.partners.models import Partner

TAKING, TAKEN, REFUSED = ".taking", ".taken", ".refused"
_CLAIMED = re.compile(r"(?P<token>[0-9a-f]{32})-(?P<name>.+)", re.DOTALL)
log = Log("energymed.jobs")


def take_in_files(settings: Settings, at: datetime) -> int:
    """Go round every box once; returns how many files were deposited.

    What fails does not hold back the other files; the first failure is raised at the end, and the
    next round tries again.
    """
    if not settings.inbox.is_dir():
        return 0
    with open_folder(settings.inbox) as inbox:
        return _Round(inbox, at).go()


@dataclass(frozen=True, slots=True)
class _Box:
    """A folder in which files land: whose they are, and where the answers go (`home`)."""

    home: Folder
    folder: Folder
    partner_id: int
    site_id: int | None


class _Round:
    """One time round the boxes."""

    def __init__(self, inbox: Folder, at: datetime) -> None:
        self.inbox, self.at = inbox, at
        self.deposited = 0
        self.failure: Exception | None = None

    def go(self) -> int:
        """Every partner's boxes; how many files were deposited."""
        session = db.session()
        real_partners = select(Partner.code, Partner.id).where(~Partner.practice)
        partners = {row.code: row.id for row in session.execute(real_partners)}
        real_sites = select(Site.code, Site.id).where(~Site.practice)
        sites = {row.code: row.id for row in session.execute(real_sites)}
        for name in self.inbox.names():
            if (partner_id := partners.get(name.lower())) is not None:
                with self._going_on():
                    self._partner(name, partner_id, sites)
            elif not is_unfinished(name):
                log.warning("inbox_without_partner", name=name)
        if self.failure is not None:
            raise self.failure
        return self.deposited

    def _partner(self, name: str, partner_id: int, sites: dict[str, int]) -> None:
        home = self.inbox.child(name)
        if home is None:
            log.warning("inbox_is_no_folder", name=name)
            return
        with home:
            usual = usual_site(db.session(), partner_id)
            self._box(_Box(home, home, partner_id, usual.id if usual else None))
            for inner in home.names():
                folder = home.child(inner) if inner.lower() in sites else None
                if folder is not None:
                    with folder:
                        self._box(_Box(home, folder, partner_id, sites[inner.lower()]))
            self._forget(home, TAKEN, TAKEN_FOR)
            self._forget(home, REFUSED, REFUSED_FOR)

    def _box(self, box: _Box) -> None:
        """What a stopped round left in `.taking/`, then what has come since."""
        ready = [one for one in box.folder.names() if not is_unfinished(one)]
        ready = [one for one in ready if self._still(box.folder, one)]
        taking = box.folder.child(TAKING, create=bool(ready))
        if taking is None:
            if ready:
                raise NotADirectoryError(TAKING)
            return
        with taking:
            left = [one for one in taking.names() if self._still(taking, one)]
            for held in chain(left, self._claimed(box.folder, ready, taking)):
                if match := _CLAIMED.fullmatch(held):
                    with self._going_on():
                        self._take(box, taking, held, match["token"], match["name"])

    def _claimed(self, folder: Folder, ready: list[str], taking: Folder) -> Iterator[str]:
        """Claim one file after the other. One that changed at that moment waits in `.taking/`."""
        for name in ready:
            state = folder.state(name)
            held = f"{uuid4().hex}-{short_name(name)}"
            claimed = state and self._still(folder, name) and folder.move(name, taking, held)
            if claimed and taking.state(held) == state:
                yield held

    def _take(self, box: _Box, taking: Folder, held: str, token: str, name: str) -> None:
        found = taking.read(held, MAX_BYTES + 1)
        if found is None:
            return
        arrival = Arrival(token, box.partner_id, box.site_id, name, found)
        try:
            refusal = self._deposit(arrival)
        except TryLater as later:
            log.info("inbox_waits", why=later.message)
            return
        with _shelf(box.home, TAKEN if refusal is None else REFUSED) as shelf:
            final = _free_name(shelf, name, token)
            if refusal is not None:
                _leave_note(shelf, f"{final}.txt", token, refusal)
            taking.move(held, shelf, final)

    def _deposit(self, arrival: Arrival) -> str | None:
        """Deposit an arrival; the sentence that refuses it, if one does."""
        try:
            with transaction() as session:
                batch = deposit_arrival(session, arrival, now=self.at)
                refused = (
                    batch.discard_note if batch.discard_reason == DiscardReason.ON_ARRIVAL else None
                )
        except TryLater:
            raise
        except DomainError as error:
            sentence = str(error)
            with transaction() as session:
                note_refusal(session, arrival, sentence, now=self.at)
            return sentence
        self.deposited += refused is None
        return refused

    def _still(self, folder: Folder, name: str) -> bool:
        """Whether a plain file has been left alone for long enough to be whole."""
        changed = folder.changed(name)
        return changed is not None and self.at - changed >= QUIET

    def _forget(self, home: Folder, place: str, kept_for: timedelta) -> None:
        """Remove what was put away long ago: these are copies of personal data."""
        shelf = home.child(place)
        if shelf is None:
            return
        with shelf:
            for name in shelf.names():
                changed = shelf.changed(name)
                if changed is not None and self.at - changed > kept_for:
                    shelf.remove(name)

    @contextmanager
    def _going_on(self) -> Iterator[None]:
        """What fails inside is kept for the end, so that the other files have their turn."""
        try:
            yield
        except Exception as error:
            self.failure = self.failure or error


@contextmanager
def _shelf(home: Folder, place: str) -> Iterator[Folder]:
    shelf = home.child(place, create=True)
    if shelf is None:
        raise NotADirectoryError(place)
    with shelf:
        yield shelf


def _free_name(shelf: Folder, name: str, token: str) -> str:
    """The file's own name, or one made unlike any other when an earlier file has it."""
    if not shelf.has(name):
        return name
    path = PurePath(name)
    return f"{path.stem}-{token[:8]}{path.suffix}"


def _leave_note(shelf: Folder, name: str, token: str, sentence: str) -> None:
    """A text beside a refused file, put in place whole; a link of that name is replaced."""
    draft = f".{token}.txt"
    shelf.remove(draft)
    shelf.write(draft, f"{sentence}\n")
    shelf.move(draft, shelf, name)
