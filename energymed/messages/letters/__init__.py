"""Letters: their texts as rows, which one a case gets, and those that wait to be printed."""
