"""What a lead sees of the team: counts, never money or rank."""
