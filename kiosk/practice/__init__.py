"""Practice and preview: the candidate's screens over nothing but memory. Nothing here can make a record."""
