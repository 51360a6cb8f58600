"""Where a ledger is kept: in one SQLCipher file, or in a PostgreSQL database that several importers share."""
