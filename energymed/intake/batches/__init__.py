"""What a person does with a file: bring it, look at it, mend it, decide."""
