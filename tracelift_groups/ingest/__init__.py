"""Other people's problems: sources, field mappings, data sets of the Hub, oracle files."""
