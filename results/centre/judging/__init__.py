"""The judging of foreign files in processes of their own, which may take so much memory and time and no more."""
