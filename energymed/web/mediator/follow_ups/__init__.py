"""What a mediator has promised to do: tasks, and the day at a glance."""
