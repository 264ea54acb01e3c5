"""Joining people into households by the phones they share: pure, no database."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

Node = tuple[str, int]  # ("known", household id) or ("new", any number of the caller's)


def parts(numbers_of: Mapping[int, Iterable[str]]) -> list[list[int]]:
    """The people of {person id: numbers} in groups that share numbers, in the order of the ids."""
    joiner = Joiner()
    for person_id, numbers in numbers_of.items():
        joiner.person(person_id, None, numbers)
    groups: dict[Node, list[int]] = defaultdict(list)
    for person_id in sorted(numbers_of):
        groups[joiner.group_of(person_id)].append(person_id)
    return list(groups.values())


class Joiner:
    """Groups of people joined by phones; a group keeps the oldest of its known households."""

    def __init__(self) -> None:
        self._above: dict[Node, Node] = {}
        self._by_phone: dict[str, Node] = {}
        self._of_person: dict[int, Node] = {}
        self._named: dict[Node, int] = {}

    def phone_of(self, e164: str, household_id: int) -> None:
        """A known household answers this number."""
        self._meet(e164, ("known", household_id))

    def person(self, key: int, household_id: int | None, numbers: Iterable[str]) -> None:
        """A person, with the household it has (None for a new person) and its new numbers."""
        node: Node = ("new", key) if household_id is None else ("known", household_id)
        self._of_person[key] = node
        self._root(node)
        for number in numbers:
            self._meet(number, node)

    def new_households(self) -> list[Node]:
        """Groups without a known household, in a stable order."""
        roots = dict.fromkeys(self._root(node) for node in self._of_person.values())
        return [root for root in roots if root[0] == "new"]

    def name(self, nodes: Sequence[Node], household_ids: Sequence[int]) -> None:
        """The households made for `new_households`, in the same order."""
        self._named.update(zip(nodes, household_ids, strict=True))

    def group_of(self, key: int) -> Node:
        """What stands for all the people and households joined with this person."""
        return self._root(self._of_person[key])

    def household_of(self, key: int) -> int:
        """The household of a person, once the new ones are named."""
        root = self.group_of(key)
        return root[1] if root[0] == "known" else self._named[root]

    def merged(self) -> dict[int, int]:
        """{household: the older one it now belongs to}."""
        known = [node for node in self._above if node[0] == "known"]
        return {node[1]: self._root(node)[1] for node in known if self._root(node) != node}

    def _meet(self, number: str, node: Node) -> None:
        other = self._by_phone.setdefault(number, node)
        first, second = sorted((self._root(other), self._root(node)))  # "known" before "new"
        if first != second:
            self._above[second] = first

    def _root(self, node: Node) -> Node:
        above = self._above.setdefault(node, node)
        while above != node:
            node, above = above, self._above[above]
        return node
