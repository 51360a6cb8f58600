"""The documents that leave a kiosk or a desk; a site installs this room alone."""
