"""People, households, cases and the debt ledger."""
