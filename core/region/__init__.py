"""Laws that are uniform on a region of a rectangle, and how well another law covers one."""
