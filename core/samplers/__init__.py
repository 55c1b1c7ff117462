"""Samplers: targets known up to a factor, the chains that draw from them, and how one knows that they do."""
