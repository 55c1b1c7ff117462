"""A live process: its job, its turn at the processor, its recording, and how a page follows it."""
