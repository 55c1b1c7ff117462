"""The pages of the first chapter."""
