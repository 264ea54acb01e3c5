"""A person as a file names them, and as they are stored, side by side."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from operator import attrgetter
from typing import NamedTuple

from energymed.base.text.folding import fold, name_key
from energymed.cases.holders import Holder, Home
from energymed.cases.words import NO_WORDS, Words

NAME_FIELDS = ("civility", "last_name", "first_name")
OWN_FIELDS = (*NAME_FIELDS, "customer_reference", "email")
own_values = attrgetter(*OWN_FIELDS)  # of an `Identity`, in their order


class Identity(NamedTuple):
    """What a file says of a person; None where it says nothing. `phones` are E.164.

    `phone_remarks` are what it says beside one of them, (E.164, text).
    """

    last_name: str
    first_name: str | None = None
    civility: str | None = None
    customer_reference: str | None = None
    email: str | None = None
    phones: tuple[str, ...] = ()
    phone_remarks: tuple[tuple[str, str], ...] = ()
    home: Home | None = None

    @property
    def name_key(self) -> str:
        """See `base.text.folding.name_key`."""
        return name_key(self.last_name, self.first_name)

    def holder(self, silent: Collection[str]) -> Holder:
        """As the brake before joining compares it, without the numbers that tell nothing."""
        return Holder(
            f"{self.last_name} {self.first_name or ''}",
            [number for number in self.phones if number not in silent],
            [self.home] if self.home else [],
        )


@dataclass(slots=True, eq=False)
class Known:
    """A person as stored, or about to be (`id` None until saved).

    `phones` is {E.164: id of its row, None until saved}, of which one at least may be dialled when
    `reachable`; `remarks` is {E.164: what a file said beside it}; `cases` is how many cases the
    person has; `words` is what they said of themselves. `homes` are known where they matter.
    `inherits`: what is kept of the customer reference holds for the person; not for whoever took it
    over from somebody else.
    """

    id: int | None
    values: dict[str, str | None]
    household_id: int | None = None
    phones: dict[str, int | None] = field(default_factory=dict)
    reachable: bool = False
    remarks: dict[str, str] = field(default_factory=dict)
    cases: int = 0
    words: Words = NO_WORDS
    homes: list[Home] = field(default_factory=list)
    inherits: bool = True

    @property
    def name(self) -> str:
        """The name as it stands, as one says it."""
        civility, last_name, first_name = (self.values[name] for name in NAME_FIELDS)
        return " ".join(filter(None, (civility, first_name, last_name)))

    @property
    def name_key(self) -> str:
        """The key of the name as it stands."""
        return name_key(self.values["last_name"] or "", self.values["first_name"])

    def missing_phones(self, numbers: Iterable[str]) -> list[str]:
        """Those of the numbers that the person has not, not even marked as wrong."""
        return [number for number in numbers if number not in self.phones]

    def new_remarks(self, said: Identity) -> dict[str, str]:
        """{E.164: text} of what the file says beside numbers that the person has, and did not."""
        return {
            e164: text
            for e164, text in said.phone_remarks
            if e164 in self.phones and self.remarks.get(e164) != text
        }

    def holder(self, silent: Collection[str]) -> Holder:
        """As the brake before joining compares it, without the numbers that tell nothing."""
        name = f"{self.values['last_name']} {self.values['first_name'] or ''}"
        return Holder(name, self.phones.keys() - silent, self.homes)

    def changes(
        self, said: Identity, *, believed: bool = False
    ) -> dict[str, tuple[str | None, str]]:
        """{field: (old, new)} of what the file says otherwise. What it leaves empty stays.

        What the person has said of themselves stays as well (`cases.words`).

        A person of several cases only gains what is empty: two lines may write the same
        person in two ways, and neither is to win anew every week; unless somebody decided that
        the line is to be `believed`.
        """
        changed: dict[str, tuple[str | None, str]] = {}
        for name, new in zip(OWN_FIELDS, own_values(said), strict=True):
            old = self.values[name]
            if new is None or new == old or name in self.words.person:
                continue
            if name == "first_name" and _is_initial_of(new, old):
                continue  # "I." tells nothing that "Ida" did not
            if believed or self.cases <= 1 or old is None:
                changed[name] = (old, new)
        return changed


def _is_initial_of(new: str, old: str | None) -> bool:
    """Whether a first name is but the initial of the one that is known."""
    letter = fold(new)
    return len(letter) == 1 and len(fold(old or "")) > 1 and fold(old or "").startswith(letter)
