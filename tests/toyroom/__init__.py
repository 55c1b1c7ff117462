"""A made-up room of a page."""
