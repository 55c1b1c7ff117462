"""What all pages show alike: numbers, the truth, points, charts, the closer look."""
