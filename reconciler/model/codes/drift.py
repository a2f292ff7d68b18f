"""Codes about taking drift over into the specs."""

from __future__ import annotations

from reconciler.model.codes.code import Code

ORDER = 125
CODES = (
    Code(
        "DRIFT001",
        "not drifted",
        "An address given to drift --write is not one of a resource that differs.",
        "Copy the address from the report of moorline drift.",
    ),
    Code(
        "DRIFT002",
        "not written",
        "A live value could not be written into the specs: no single value of one of them compiles to it, or writing it would change something else.",
        "Edit the place that the message names by hand, or take the drift back with apply.",
    ),
    Code(
        "DRIFT003",
        "files not written",
        "A file could not be written, or was changed meanwhile. None of the files was changed.",
        "Correct what the message names and write again.",
    ),
)
