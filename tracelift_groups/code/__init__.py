"""The code domain: Python programs, examples in problem statements, the gold check."""
