"""A density that a person types: its grammar, its exact derivatives, the target it becomes, and what is refused."""
