"""The demonstration of a whole site: thirty candidates, a desk, two carriers, and all that goes wrong in a day."""
