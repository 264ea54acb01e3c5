"""Operating an installation: what its administrator does to it, apart from the work in it."""
