"""The box for words of outfits: what is typed is read, answered, completed, and pressed together."""
