"""The queue: what waits, the next case, and people who call in."""
