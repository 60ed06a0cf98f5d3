"""The pipeline: from seeds to a run folder."""
