"""Import: clean rows become cases and ledger entries, or are taken back."""
