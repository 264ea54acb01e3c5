"""Indicators of a period, the cases behind them, and the partners' returns."""
