"""The scoring station: results on the day at an event, and what it hands on to the centre."""
