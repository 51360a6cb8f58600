"""What people decided about results: holds, releases, invalidations and appeals, and what that makes of each result."""
