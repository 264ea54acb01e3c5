"""Indicators, exports and the partner's deliveries."""
