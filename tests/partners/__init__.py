"""Tests of partners, their rules and the campaigns of the energy cheque."""
