"""Driving rollouts: readings, calls, drivers that meet each other, and commands."""
