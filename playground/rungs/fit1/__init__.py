"""The page of laws of one column."""
