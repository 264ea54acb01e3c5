"""The team's live board."""
