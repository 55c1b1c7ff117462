"""A wallpaper group in a picture: its symmetric waves, where its lattice lies, and the average over its motions."""
