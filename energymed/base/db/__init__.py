"""The database: declarative base, column types, transactions, and what keeps writers in order."""

from energymed.base.db.engine import (
    Model,
    UTCDateTime,
    begin_writing,
    db,
    end_writing,
    engine_options,
    installation_key,
    keep_log_short,
    locks_rows,
    measure_tables,
    prepare_engine,
    read_rows,
    references_unchecked,
    transaction,
)

__all__ = [
    "Model",
    "UTCDateTime",
    "begin_writing",
    "db",
    "end_writing",
    "engine_options",
    "installation_key",
    "keep_log_short",
    "locks_rows",
    "measure_tables",
    "prepare_engine",
    "read_rows",
    "references_unchecked",
    "transaction",
]
