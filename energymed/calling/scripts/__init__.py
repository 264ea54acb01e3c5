"""What a team says and notes in its calls, in its own words."""
