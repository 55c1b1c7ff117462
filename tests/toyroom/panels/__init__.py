"""Its panels."""
