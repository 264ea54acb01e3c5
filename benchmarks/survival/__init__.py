"""What is left when a process, a disk, a database or a clock fails in the middle of the work."""
