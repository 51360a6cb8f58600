"""The candidate's program at the site."""
