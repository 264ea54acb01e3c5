"""Ground floor: database, clock, errors, audit and the pure helpers. Knows no room above."""
