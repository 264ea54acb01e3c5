"""Totals of the published year that the synthetic rows add up to.

Source: DOMAIN §11, Portes de Provence, EDF, one year (report 2023). The debt cleared is 5 % of
the debt to the cent. The 1 061 contacts that are not calls are split by our own choice (P).
"""

CASES = 3_721
CASES_A_WEEK = 75
CALLS = 6_403
CALLS_AT_MOST = 4  # per case, DOMAIN §8
OTHER_CONTACTS = {"email": 438, "letter": 372, "sms": 251}
PLANS = 237
AIDS = 254
REFERRALS = 356
CHEQUE_TALKS = 411
DEBT_CENTS = 207_935_500
CLEARED_CENTS = DEBT_CENTS * 5 // 100
FIRST_WEEK = 2
