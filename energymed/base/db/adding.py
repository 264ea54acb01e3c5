"""INSERTs that know conflicts: each database has its own, and only one of them is loaded."""

from importlib import import_module
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.orm import Session


def inserting(bound: Session | Engine, table: Any) -> Any:
    """The INSERT of this database into a table or model, with `on_conflict_do_…`."""
    engine = bound.get_bind() if isinstance(bound, Session) else bound
    return import_module(f"sqlalchemy.dialects.{engine.dialect.name}").insert(table)
