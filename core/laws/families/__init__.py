"""The laws that compete for a column: continuous, discrete, mixtures and kernels, under one interface."""
