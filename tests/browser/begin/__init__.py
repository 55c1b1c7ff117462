"""The first chapter in a real browser."""
