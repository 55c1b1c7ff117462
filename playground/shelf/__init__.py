"""Choosing what to learn from: points, pictures, one picture; built in, uploaded or drawn."""
