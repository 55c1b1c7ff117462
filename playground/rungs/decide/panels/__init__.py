"""The closer looks of the page that tells classes apart."""
