"""What the instruments have in common: their messages, the canvas, the player, and the plane with all that lies on it."""
