"""Closer looks, one a file: `show(screen, step)`."""
