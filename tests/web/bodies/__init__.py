"""The page of a body, without an account."""
