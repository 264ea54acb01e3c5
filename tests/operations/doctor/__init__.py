"""The doctor finds each illness, and nothing in a healthy installation."""
