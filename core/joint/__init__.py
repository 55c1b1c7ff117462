"""Joint laws of two columns: margins, copulas, grids, their checks and ranking."""
