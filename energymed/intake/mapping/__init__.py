"""Map: which column feeds which field."""
