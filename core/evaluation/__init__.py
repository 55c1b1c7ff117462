"""How far samples and models are from the data: scores, distances, two-sample tests."""
