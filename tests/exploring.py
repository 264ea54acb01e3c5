"""How hypothesis draws its examples: the same ones in each run, or new ones when asked to explore.

`make test` is never red by luck: the examples follow from the test alone. With
`ENERGYMED_TEST_EXPLORE=1` they are drawn at random and are twenty times as many; what is found then
is printed with the line that brings it back, and becomes an `@example`.
"""

import os

from hypothesis import HealthCheck, settings

EXPLORING = os.environ.get("ENERGYMED_TEST_EXPLORE") == "1"
MORE = 20


def examples(count: int) -> int:
    """So many examples in the house, and many more in exploring."""
    return count * MORE if EXPLORING else count


def load_profile() -> None:
    """Make it the profile of this process; a property is never a measure of time."""
    settings.register_profile(
        "house",
        deadline=None,
        derandomize=not EXPLORING,
        print_blob=EXPLORING,
        max_examples=examples(100),
        suppress_health_check=[HealthCheck.too_slow],
    )
    settings.load_profile("house")
