"""The page of diffusion that paints."""
