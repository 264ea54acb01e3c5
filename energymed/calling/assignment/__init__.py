"""Giving cases to mediators: by hand, by spread, by hand-over."""
