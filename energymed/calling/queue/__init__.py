"""A mediator's queue: its order, the next case, claims, and what falls due."""
