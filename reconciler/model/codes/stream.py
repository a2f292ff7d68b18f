"""Codes about records that arrive in a lake."""

from __future__ import annotations

from reconciler.model.codes.code import Code

ORDER = 74
CODES = (
    Code(
        "STREAM001",
        "columns do not agree",
        "What arrives and the table that it arrives in have other columns, or other types of one column. Parquet is written by the table: a column that only one side has is lost or always empty, and a value of another type fails its record.",
        "Give both DataSources the same columns; or leave 'columns' out where the records arrive, and those of the table count.",
    ),
)
