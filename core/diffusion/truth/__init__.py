"""What is known exactly of noised data, and what is measured of a denoiser against it."""
