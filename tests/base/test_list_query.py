"""One query for every list: filters, search, order, and a place of its own for every line."""

from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.dialects import sqlite

from energymed.base.db.list_query import ListQuery
from energymed.partners.models import Partner

PARTNERS = ListQuery(
    sorts={"name": Partner.name, "code": Partner.code},
    usual="-name",
    ties=(Partner.id,),
    filters={"least": lambda number: Partner.id >= number},
)


@dataclass
class Asked:
    """What is asked of the list of partners."""

    least: int | None = None
    sort: str = "-name"


def sql(statement: Select[Partner]) -> str:
    compiled = statement.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True})
    return " ".join(str(compiled).split())


def test_what_is_not_asked_for_narrows_nothing() -> None:
    assert "WHERE" not in sql(PARTNERS.apply(select(Partner), Asked()))


def test_nought_is_asked_for() -> None:
    assert "WHERE partner.id >= 0" in sql(PARTNERS.apply(select(Partner), Asked(least=0)))


def test_an_order_replaces_another_and_ends_with_what_settles_equals() -> None:
    statement = PARTNERS.order(select(Partner).order_by(Partner.code), "name")
    assert sql(statement).endswith("ORDER BY partner.name ASC NULLS LAST, partner.id")
    unknown = PARTNERS.order(select(Partner), "password")
    assert sql(unknown).endswith("ORDER BY partner.name DESC NULLS LAST, partner.id")


def test_a_list_with_an_order_of_several_columns() -> None:
    listed = ListQuery(sorts={}, otherwise=(Partner.code, Partner.name), ties=(Partner.id,))
    assert sql(listed.order(select(Partner), "")).endswith(
        "ORDER BY partner.code, partner.name, partner.id"
    )


def test_what_settles_equals_may_turn_with_the_sort() -> None:
    turning = ListQuery(sorts={"name": Partner.name}, ties=(Partner.id,), turning=True)
    down = sql(turning.order(select(Partner), "-name"))
    assert down.endswith("ORDER BY partner.name DESC NULLS LAST, partner.id DESC")
    up = sql(turning.order(select(Partner), "name"))
    assert up.endswith("ORDER BY partner.name ASC NULLS LAST, partner.id")


def test_a_column_without_empty_cells_is_in_the_plain_order() -> None:
    filled = ListQuery(sorts={"name": Partner.name}, ties=(Partner.id,), filled=("name",))
    assert sql(filled.order(select(Partner), "-name")).endswith("partner.name DESC, partner.id")
