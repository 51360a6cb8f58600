"""What the desk's screens are drawn with, beside the widgets of `terminal`."""
