"""Something to do on a case at a time: callbacks and other tasks."""
