"""Gaussian mixtures and EM, half-step by half-step."""
