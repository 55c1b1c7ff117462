"""Laws of one variable: how they are fitted, ranked and tested."""
