"""Benchmarks: calls, CPU seconds and the ratio to the floor. Never run as tests."""
