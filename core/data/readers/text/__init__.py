"""Text tables: characters, then cells, then the first rows, then numbers; each judged by evidence over the whole file."""
