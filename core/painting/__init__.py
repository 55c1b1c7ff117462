"""Diffusion over pictures, told what to paint by classes: the painter, its network, training, edits and scores."""
