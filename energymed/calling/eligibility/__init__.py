"""Who may be called, and when (DOMAIN §8)."""
