"""What is held for a person, and what persons have decided about it."""
