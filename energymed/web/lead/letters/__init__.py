"""People whom no telephone reaches, and the letters written to them."""
