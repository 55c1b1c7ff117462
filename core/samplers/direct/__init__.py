"""Independent draws, with no chain: by folding, by a table, by the inverse of a CDF, by refusing what lies too high."""
