"""The desks: one per kind of user, with what they share."""
