"""The team's own words: call script, note phrases, texts of messages."""
