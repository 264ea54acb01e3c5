"""The desk that everybody has: home, own account, language, second factor."""
