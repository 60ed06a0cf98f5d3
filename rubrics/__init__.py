"""Rubrics: one YAML file each, found by `tracelift_groups.records.rubric`."""
