"""The page of a body to which somebody was referred: no account, three answers, no name."""
