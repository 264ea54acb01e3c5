"""The legal clock of an unpaid bill: what may happen next, and not before which day. Pure."""
