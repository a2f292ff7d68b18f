"""Rules over the compiled graph: one file each, found by `api.load`. Pure.

A rule says what is wrong with what would be made, whichever kind made it, and points at the spec
line behind it. It asks nobody: what AWS alone can tell is not a rule.
"""
