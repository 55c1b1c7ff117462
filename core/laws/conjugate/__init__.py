"""Priors that stay in their family: exact posteriors, predictive laws and evidence."""
