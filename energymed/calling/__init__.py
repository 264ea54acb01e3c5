"""Calling rules, the queue, claims, attempts and callbacks."""
