"""Who is there for calls, who is not, and who asks the lead for help."""
