"""Trust, secrecy, time and what is at rest. The lowest floor: imports nothing of ours."""
