"""Rows of categories: tables of their probabilities, whole, as a product or along a tree, and how these are judged."""
