"""The mediator's desk: queue, call, cases, tasks."""
