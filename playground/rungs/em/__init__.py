"""The page of Gaussian mixtures by hand."""
