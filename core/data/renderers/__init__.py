"""Built-in sets of pictures, drawn by factors that are known."""
