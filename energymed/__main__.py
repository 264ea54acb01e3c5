"""`python -m energymed` is the `energymed` command."""

from energymed.cli import main

main()
