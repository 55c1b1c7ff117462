"""Kernel densities: sums of bumps, their bandwidths and their exact risk."""
