"""Neutral text messages and e-mails from the desk: texts, rules, sending, and what came of it."""
