"""Everything people and machines read, made from plain values. Prints nothing itself."""
