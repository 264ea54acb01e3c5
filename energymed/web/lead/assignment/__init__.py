"""Giving cases to mediators: the unassigned, a spread, a hand-over."""
