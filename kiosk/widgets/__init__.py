"""What the candidate's screens are drawn with: the question, the grid of all questions, a page of words."""
