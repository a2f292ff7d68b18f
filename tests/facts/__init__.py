"""Tests of `reconciler.facts` and of the data it reads."""
