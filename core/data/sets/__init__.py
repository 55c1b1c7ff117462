"""Built-in sets of points and digits, with their exact densities where they have one."""
