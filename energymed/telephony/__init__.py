"""The association's telephone exchange: calls asked for at a click, and what became of them."""
