"""A file before its import: sent, mapped, checked, decided about."""
