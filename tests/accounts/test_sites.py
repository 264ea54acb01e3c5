"""What may be said of a site: departments, names and addresses on both sides of their bounds."""

import pytest

from energymed.accounts.sites import LONGEST_ADDRESS, LONGEST_NAME, SiteDetails, check_details
from energymed.base.errors import BadInput


@pytest.mark.parametrize(
    "department",
    ["01", "19", "2A", "2b", "21", "59", "75", "95", "971", "974", "978", "986", "987", "988", ""],
)
def test_a_department_that_exists_is_kept(department: str) -> None:
    assert check_details(SiteDetails("Site", department)).department == department.upper()


@pytest.mark.parametrize(
    "department", ["00", "2C", "96", "99", "970", "979", "985", "989", "1", "026", "A2", "٢٦"]
)
def test_one_that_does_not_exist_is_refused(department: str) -> None:
    with pytest.raises(BadInput) as told:
        check_details(SiteDetails("Site", department))
    assert told.value.params["field"] == "department"


@pytest.mark.parametrize(
    ("details", "field"),
    [
        (SiteDetails("x" * LONGEST_NAME), None),
        (SiteDetails("x" * (LONGEST_NAME + 1)), "name"),
        (SiteDetails(" "), "name"),
        (SiteDetails("x", address="y" * LONGEST_ADDRESS), None),
        (SiteDetails("x", address="y" * (LONGEST_ADDRESS + 1)), "address"),
    ],
)
def test_a_text_is_as_long_as_its_column(details: SiteDetails, field: str | None) -> None:
    if field is None:
        assert check_details(details) == details
    else:
        with pytest.raises(BadInput) as told:
            check_details(details)
        assert told.value.params["field"] == field
