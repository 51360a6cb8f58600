"""What flows from a site to the centre: wire, then scoring, then centre."""
