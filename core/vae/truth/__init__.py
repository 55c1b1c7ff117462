"""log p(x) and the true posterior by quadrature and by importance weights, and the gap of the bound split in two."""
