"""Everything that people and machines read, made from plain values. Prints nothing itself.

One inner room for each output; what a report tells is a section, one file each.
"""
