"""Pictures drawn by the server: where things stand in them, in the units of their own view box."""
