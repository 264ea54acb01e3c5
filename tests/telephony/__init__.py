"""Telephony: the exchange, its calls, its signed events."""
