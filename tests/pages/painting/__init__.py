"""The page of painting, set by set."""
