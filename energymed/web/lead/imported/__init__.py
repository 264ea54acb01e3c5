"""Files after their import: history, rejected lines, missing cases, the way back."""
