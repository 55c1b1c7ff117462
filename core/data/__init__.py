"""Data: built-in sets with their exact densities, and readers of files nobody vouches for."""

from core.data.read import ReadError, read
from core.data.readers.pictures.read import read_pictures

__all__ = ["ReadError", "read", "read_pictures"]
