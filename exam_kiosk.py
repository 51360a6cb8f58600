"""The one command, `exam-kiosk`, with a group a room; groups are imported only when they are used."""
