"""A case's ledger, corrected by a lead: entries taken back, corrections, write-offs."""
