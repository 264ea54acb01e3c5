"""Where the association's exchange tells what became of calls."""
