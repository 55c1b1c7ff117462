"""Variational autoencoders: the model, its training, and what its checkpoints are made by."""
