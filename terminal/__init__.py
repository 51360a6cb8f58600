"""The locked ground both site programs stand on: supervisor, driver, app, keys, themes, widgets; nothing of exams."""
