"""Programs told in plain sentences: one sentence a statement, in words instead of code."""
