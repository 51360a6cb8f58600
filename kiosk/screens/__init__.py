"""The candidate's screens, one a file; which of them is due is the session's word, in `View.phase`."""
