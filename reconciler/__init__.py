"""Moorline: a declarative GitOps compiler and reconciler for machine-learning platforms on AWS."""

__version__ = "0.1.0"
