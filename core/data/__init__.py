"""Data: built-in sets with their exact densities, and readers of files nobody vouches for."""

from core.data.read import ReadError, read

__all__ = ["ReadError", "read"]
