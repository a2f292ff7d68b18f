"""How a rollout decides."""
