"""The table of a DataSource in the Glue catalog: columns, format, and where its partitions lie.

Source: Glue API reference, TableInput; Athena user guide, "Choose a SerDe for your data".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from reconciler.kinds.data_source.api import Column, Source
from reconciler.kinds.data_source.layout import Partitions, layout_of, parameters
from reconciler.kinds.terms.text import text
from reconciler.model.value import Join, Json

_HIVE = "org.apache.hadoop.hive"
_TEXT = ("org.apache.hadoop.mapred.TextInputFormat", f"{_HIVE}.ql.io.HiveIgnoreKeyTextOutputFormat")


class Form(NamedTuple):
    """How the catalog calls a format."""

    reads: str
    writes: str
    serde: str
    how: Mapping[str, str]


FORMS = {
    "parquet": Form(
        f"{_HIVE}.ql.io.parquet.MapredParquetInputFormat",
        f"{_HIVE}.ql.io.parquet.MapredParquetOutputFormat",
        f"{_HIVE}.ql.io.parquet.serde.ParquetHiveSerDe",
        {"serialization.format": "1"},
    ),
    "orc": Form(
        f"{_HIVE}.ql.io.orc.OrcInputFormat",
        f"{_HIVE}.ql.io.orc.OrcOutputFormat",
        f"{_HIVE}.ql.io.orc.OrcSerde",
        {"serialization.format": "1"},
    ),
    "avro": Form(
        f"{_HIVE}.ql.io.avro.AvroContainerInputFormat",
        f"{_HIVE}.ql.io.avro.AvroContainerOutputFormat",
        f"{_HIVE}.serde2.avro.AvroSerDe",
        {"serialization.format": "1"},
    ),
    "json": Form(*_TEXT, "org.openx.data.jsonserde.JsonSerDe", {"ignore.malformed.json": "false"}),
    "csv": Form(
        *_TEXT,
        f"{_HIVE}.serde2.OpenCSVSerde",
        {"separatorChar": ",", "quoteChar": '"', "escapeChar": "\\"},
    ),
}


def comment(column: Column) -> str:
    """What the catalog says of a column: what it means, and who may see it."""
    words = [column.classification or "", "sensitive" if column.sensitive else ""]
    told = ", ".join(filter(None, words))
    said = f"{column.description} [{told}]" if told else column.description
    return said.strip()[:255]


def columns(found: Mapping[str, Column]) -> list[Json]:
    """Columns as the catalog has them."""
    return [
        {"Name": name.lower(), "Type": str(each.parsed), "Comment": comment(each)}
        for name, each in found.items()
    ]


def table_input(
    spec: Source, found: Mapping[str, Column], *, name: str, description: str, uri: Json
) -> dict[str, Json]:
    """All that a spec says of its table; the catalog's engines add what is theirs."""
    partitions: Partitions | None = spec.member("partitions")
    keys = [*partitions.by] if partitions else []
    inside = {key: each for key, each in found.items() if key not in keys}
    body: dict[str, Json] = {
        "Name": name,
        "Description": description,
        "TableType": "EXTERNAL_TABLE",
        "PartitionKeys": columns({key: found[key] for key in keys if key in found}),
        "Parameters": dict(_parameters(spec, partitions, uri)),
    }
    storage: dict[str, Json] = {"Columns": columns(inside), "Location": text(uri, "/")}
    form = FORMS.get(spec.format or "")
    if form is not None:
        storage |= {
            "InputFormat": form.reads,
            "OutputFormat": form.writes,
            "SerdeInfo": {
                "SerializationLibrary": form.serde,
                "Parameters": dict(form.how),
            },
        }
    return {**body, "StorageDescriptor": storage}


def _parameters(
    spec: Source, partitions: Partitions | None, uri: Json
) -> Iterator[tuple[str, Json]]:
    if spec.format != "iceberg":
        yield "EXTERNAL", "TRUE"
        yield "classification", spec.format
    if spec.format == "csv":
        yield "skip.header.line.count", "1"
    if partitions is None or not partitions.projection:
        if spec.format != "iceberg":
            yield "projection.enabled", "false"
        return
    mark = "\0"
    for name, value in parameters(partitions.by, layout_of(partitions), mark).items():
        before, found, after = value.partition(mark)
        yield name, (text(before, uri, after) if found else value)


def plain(value: Json) -> str:
    """A text with references, for people: each as the name it will have."""
    parts: tuple[Any, ...] = value.parts if isinstance(value, Join) else (value,)
    return "".join(each if isinstance(each, str) else each.target.name for each in parts)
