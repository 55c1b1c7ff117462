"""Readers of pictures and arrays of pictures, each in a child process with limits."""
