"""What is sound in an installation and what is not: one module for each thing that is examined.

Nothing is written. Each check is a small function that gives its findings, a good one included.
"""
