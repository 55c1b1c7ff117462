"""What holds of every page: that it keeps still and can be read by all, and that its address reproduces it."""
