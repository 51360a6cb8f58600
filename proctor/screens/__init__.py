"""The screens of the desk's console, one decision each."""
