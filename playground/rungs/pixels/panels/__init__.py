"""The closer looks of the page of pixels, one a file."""
