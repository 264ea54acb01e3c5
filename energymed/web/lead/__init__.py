"""The lead's desk: files, assignment, team, reports."""
