"""The page of the game: a hidden rule, the points it lets fall, and a law that is to say where the next one will."""
