"""The proctor's program at the site."""
