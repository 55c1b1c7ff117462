"""One room for what belongs to one page; no room here knows another."""
