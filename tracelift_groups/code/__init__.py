"""The domain code: Python programs, examples of problem statements, the gold check."""
