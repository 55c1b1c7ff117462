"""What the closer looks of this page are made of."""
