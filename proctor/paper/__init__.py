"""What the desk prints: admission slips, and the closing page of a sitting."""
