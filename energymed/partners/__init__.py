"""Utility partners, their campaigns, their file profiles and the dated rules of the trade."""
