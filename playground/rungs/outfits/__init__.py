"""The page of outfits: rows of five features, counted into tables of probabilities, and the outfits that these make."""
