"""What runs on a schedule: each job is one service call, run once per due time."""
