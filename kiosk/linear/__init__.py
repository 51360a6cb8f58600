"""The linear reading mode: the same session told line after line, for speech, braille and serial consoles."""
