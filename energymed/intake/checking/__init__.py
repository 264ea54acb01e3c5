"""Check: a row becomes a clean row, or problems that say what is wrong."""
