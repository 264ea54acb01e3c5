"""The administrator's desk: users, sites, partners, audit."""
