"""Data: built-in sets with their exact densities, and readers of files nobody vouches for."""

from core.data.picture_read import read_pictures
from core.data.read import ReadError, read

__all__ = ["ReadError", "read", "read_pictures"]
