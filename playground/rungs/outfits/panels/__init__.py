"""The closer looks of the page of outfits, one a file."""
