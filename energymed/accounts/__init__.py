"""Users, roles and sites: who works here and whose records they may see."""
