"""Data: built-in sets with their exact densities, and readers of files nobody vouches for."""
