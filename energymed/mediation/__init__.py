"""Mediation acts: payment plans, aid requests, referrals, the energy cheque."""
