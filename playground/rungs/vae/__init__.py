"""The page of the variational autoencoder."""
