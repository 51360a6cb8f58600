"""Rules that turn responses into scores. Centre only."""
