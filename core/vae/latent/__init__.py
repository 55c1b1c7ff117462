"""The latent space itself: its geometry, what surgery on a code does, what it represents, and its linear sibling."""
