"""What panels of painting share."""
