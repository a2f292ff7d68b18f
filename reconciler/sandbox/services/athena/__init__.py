"""Athena: what moto lacks."""
