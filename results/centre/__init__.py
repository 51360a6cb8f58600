"""Intake, ledger, score runs and reports. Centre only."""
