"""Rule-based findings and scores of a trace, from its text and the seed."""
