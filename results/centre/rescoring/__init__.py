"""What a new score run changes: two runs of a form, candidate by candidate."""
