"""Reports: statistics, the report page, the dataset card, diffs."""
