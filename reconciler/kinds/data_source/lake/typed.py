"""From DynamoDB's JSON to columns: the table over an export, and the SQL that types its rows. Pure.

An attribute is an object with its type for a name: ``{"amount": {"N": "12.5"}}``. A value that does
not fit its column fails the query, and with it the run: nothing is dropped or bent without a word.
Sources: DynamoDB guide, "DynamoDB table export output format"; Athena user guide, "Data types in
Amazon Athena", "OpenX JSON SerDe"; Trino documentation, "Conversion functions".
"""

from __future__ import annotations

from reconciler.facts.columns import DataType

TEXT = frozenset({"string", "char", "varchar", "date"})
NUMBER = frozenset({"tinyint", "smallint", "int", "bigint", "float", "double", "decimal"})
_SQL = {
    "string": "varchar",
    "int": "integer",
    "float": "real",
    "binary": "varbinary",
}
_SETS = {"s": "ss", "n": "ns", "b": "bs"}


def attribute(type_: DataType) -> str:
    """How DynamoDB calls the type of a key attribute; "" for what no key may be."""
    if type_.name in TEXT | {"timestamp"}:
        return "S"
    if type_.name in NUMBER:
        return "N"
    return "B" if type_.name == "binary" else ""


def raw(type_: DataType) -> str:
    """The type of the catalog in which an attribute of an export is read."""
    match type_.name:
        case "timestamp":
            return "struct<s:string,n:string>"
        case "boolean":
            return "struct<bool:boolean>"
        case "array":
            item = type_.inner[0][1]
            letter = attribute(item).lower()
            sets = f",{_SETS[letter]}:array<string>" if letter else ""
            return f"struct<l:array<{raw(item)}>{sets}>"
        case "map":
            return f"struct<m:map<string,{raw(type_.inner[1][1])}>>"
        case "struct":
            fields = ",".join(f"{name}:{raw(each)}" for name, each in type_.inner)
            return f"struct<m:struct<{fields}>>"
        case _:
            return f"struct<{attribute(type_).lower()}:string>"


def unfit(type_: DataType) -> str:
    """Why no attribute of DynamoDB can be of a type; "" where one can."""
    if type_.name == "map" and type_.inner[0][1].name != "string":
        return "the keys of a map are text in DynamoDB"
    return next((why for _, each in type_.inner if (why := unfit(each))), "")


def sql(type_: DataType) -> str:
    """A type as SQL has it."""
    if type_.name == "struct":
        fields = ", ".join(f'"{name}" {sql(each)}' for name, each in type_.inner)
        return f"row({fields})"
    if type_.inner:
        inner = ", ".join(sql(each) for _, each in type_.inner)
        return f"{type_.name}({inner})"
    sizes = f"({','.join(map(str, type_.sizes))})" if type_.sizes else ""
    return f"{_SQL.get(type_.name, type_.name)}{sizes}"


def value(at: str, type_: DataType, depth: int = 0) -> str:
    """An attribute as a value of a column's type; `at` is SQL for the attribute."""
    name = f"e{depth}"
    match type_.name:
        case "string":
            return f"{at}.s"
        case "timestamp":
            text = f"CAST(from_iso8601_timestamp({at}.s) AS timestamp)"
            number = f"CAST(from_unixtime(CAST({at}.n AS double)) AS timestamp)"
            return f"COALESCE({text}, {number})"
        case "boolean":
            return f"{at}.bool"
        case "binary":
            return f"from_base64({at}.b)"
        case "array":
            return _array(at, type_.inner[0][1], name, depth)
        case "map":
            inner = value(name, type_.inner[1][1], depth + 1)
            return f"transform_values({at}.m, (k{depth}, {name}) -> {inner})"
        case "struct":
            fields = ", ".join(value(f'{at}.m."{it}"', each, depth) for it, each in type_.inner)
            return f"IF({at}.m IS NULL, NULL, CAST(ROW({fields}) AS {sql(type_)}))"
        case _:
            return f"CAST({at}.{attribute(type_).lower()} AS {sql(type_)})"


def _array(at: str, item: DataType, name: str, depth: int) -> str:
    listed = f"transform({at}.l, {name} -> {value(name, item, depth + 1)})"
    letter = attribute(item).lower()
    if not letter:
        return listed
    plain = {
        "string": name,
        "binary": f"from_base64({name})",
        "timestamp": f"CAST(from_iso8601_timestamp({name}) AS timestamp)",
    }.get(item.name, f"CAST({name} AS {sql(item)})")
    return f"COALESCE({listed}, transform({at}.{_SETS[letter]}, {name} -> {plain}))"


def select(columns: dict[str, DataType]) -> str:
    """The columns of a row, in order."""
    return ", ".join(
        f'{value(f"""item."{it}" """.strip(), t)} AS "{it}"' for it, t in columns.items()
    )


def item(columns: dict[str, DataType]) -> str:
    """The type of the one column of the table over an export."""
    return f"struct<{','.join(f'{name}:{raw(each)}' for name, each in columns.items())}>"
