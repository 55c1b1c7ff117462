"""The page of two ways to tell classes apart: by p(x, y), and by p(y given x) alone."""
