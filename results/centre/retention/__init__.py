"""Retention: personal data goes on schedule, the statistics and the proof of erasure stay."""
