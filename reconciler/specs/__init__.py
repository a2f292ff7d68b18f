"""From files to checked documents: text, positions, envelope, shape and environment overlays.

Nothing here knows AWS. Only `load` touches the disk; all else is a pure function of text.
"""
