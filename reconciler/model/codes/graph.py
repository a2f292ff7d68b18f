"""Codes about resources as a whole."""

from __future__ import annotations

from reconciler.model.codes.code import Code

ORDER = 50
CODES = (
    Code(
        "GRAPH001",
        "two specs make the same resource",
        "Two specs compile to the same resource type and name.",
        "Rename one of the specs.",
    ),
    Code(
        "GRAPH002",
        "reference to nothing",
        "A resource needs another that no spec makes.",
        "Declare the missing spec or remove the reference.",
    ),
    Code(
        "GRAPH003",
        "resources need each other",
        "Following the references leads back to where they started, so nothing can come first.",
        "Remove one reference of the circle.",
    ),
    Code(
        "GRAPH006",
        "spec could not be compiled",
        "The kind of this spec stopped with an error of its own.",
        "Report it with the spec.",
    ),
)
