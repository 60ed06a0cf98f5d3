"""Files: how records are read from disk and written to it."""
