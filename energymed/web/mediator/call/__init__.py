"""The call desk: one page for a call, saved with everything agreed in it."""
