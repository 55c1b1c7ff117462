"""Rules that say which class a point is of: from p(x) p(y given x), or from p(y given x) alone; and how good they can be."""
