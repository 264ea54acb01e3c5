"""Read: bytes of any accepted format become rows of cells."""
