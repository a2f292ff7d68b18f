"""The engine from specs to live AWS and back, on the in-process sandbox."""
