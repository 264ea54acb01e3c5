"""A case outside a call: its page, its history, the list of cases."""
