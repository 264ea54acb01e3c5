"""A synthetic association with a year behind it and a queue for today.

Everybody in it is invented; phone numbers come from the ranges kept for fiction. The generator
is told the totals of a published year (DOMAIN §11); the indicators are not: they count rows.
"""
