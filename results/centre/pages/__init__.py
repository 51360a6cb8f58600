"""The review pages: intake, reconciliation, quarantine, runs and reports as a folder of static pages."""
