"""Texts: one spelling for comparing, and what must never be kept (DOMAIN §12)."""
