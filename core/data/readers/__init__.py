"""One file a format: each turns hostile bytes into columns, or says in one sentence why it will not."""
