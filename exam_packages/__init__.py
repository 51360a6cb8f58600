"""What flows from the centre to a site."""
