"""The demonstration: the whole story with the product's own commands, from the key ceremony to the score report."""
