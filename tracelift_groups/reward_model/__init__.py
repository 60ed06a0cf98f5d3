"""The reward model of reasoning traces: fitted on groups, evaluated, stored, served."""
