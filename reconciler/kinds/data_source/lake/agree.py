"""Whether what arrives has the columns of the table that it arrives in.

Parquet is written by the table's columns: a column that only one side has is lost or always empty,
and one of another type fails each record, without a word to whoever sent it. So it is compared
before anything is made.
"""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.kinds.api import Scope
from reconciler.kinds.data_source.api import Column
from reconciler.model.value import Path

CODE = "STREAM001"


def told(lake: str, scope: Scope) -> dict[str, str]:
    """The columns of a table by name, those that its paths say left out."""
    keys = {str(each).lower() for each in scope.export("DataSource", lake, "partitionKeys")}
    found = scope.export("DataSource", lake, "columns")
    return {each["Name"]: each["Type"] for each in found if each["Name"] not in keys}


def agree(own: Mapping[str, Column], lake: str, scope: Scope, at: Path) -> None:
    """Say what of the columns does not agree with a table, each at its line; `at` names that."""
    theirs = told(lake, scope)
    form = scope.export("DataSource", lake, "format")
    if form != "parquet":
        said = f"DataSource {lake!r} holds {form or 'no format that is said'}, and not Parquet"
        scope.problem(at, said, help=f"write 'format: parquet' in DataSource {lake!r}", code=CODE)
    for name, column in own.items():
        wanted, here = theirs.get(name.lower()), ("columns", name)
        if wanted is None:
            said = f"the table of DataSource {lake!r} has no column {name!r}"
            help_ = f"add it to the columns of DataSource {lake!r}, or remove it here"
            scope.problem(here, said, help=help_, code=CODE)
        elif str(column.parsed) != wanted:
            said = f"{name!r} is {column.type} here, and {wanted} in DataSource {lake!r}"
            scope.problem(here, said, help="give both the same type", code=CODE)
    given = {name.lower() for name in own}
    for name in sorted(theirs.keys() - given) if own else ():
        said = f"nothing fills the column {name!r} of DataSource {lake!r}"
        scope.problem(at, said, help=f"add {name!r} to 'columns', or remove it there", code=CODE)
