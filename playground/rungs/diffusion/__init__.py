"""The page of diffusion in the plane."""
