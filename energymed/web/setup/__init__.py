"""The desk of the first hour: an installation without anybody is set up, once."""
