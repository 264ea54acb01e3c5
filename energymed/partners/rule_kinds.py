"""What is said of a rule on the page of the rules. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RuleKind:
    """One rule: its name, what it does in a sentence, its shape, and bounds of a number."""

    label: str
    help: str
    shape: str
    least: int = 1
    most: int = 1
    unit: str = ""
