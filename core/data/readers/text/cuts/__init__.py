"""How lines are cut into cells: the ways there are, how well each explains a file, and the best of them."""
