"""RL of a planner: executors, uplift, rewards, training."""
