"""Reading problems of others: sources, field mappings, data sets of the Hub, oracle files."""
