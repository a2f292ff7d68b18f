"""compression: how what is written is made smaller, where its format leaves a choice.

Columns of Parquet and ORC are compressed one by one, so whoever reads some of them reads no others;
a compressed text file can be read from its beginning only. Sources: Athena user guide, "Use
compression"; Firehose API, ParquetSerDe.Compression and OrcSerDe.Compression.
"""

from collections.abc import Iterator, Mapping
from typing import Literal

from reconciler.kinds.api import Problem, Scope
from reconciler.kinds.data_source.api import Member, Source, register
from reconciler.model.value import Json

Codec = Literal["none", "gzip", "snappy", "zlib", "zstd"]
TAKES: Mapping[str, tuple[str, ...]] = {
    "parquet": ("none", "gzip", "snappy", "zstd"),
    "orc": ("none", "snappy", "zlib", "zstd"),
    "avro": ("none", "snappy"),
    "iceberg": ("none", "gzip", "snappy", "zstd"),
    "csv": ("none", "gzip"),
    "json": ("none", "gzip"),
}
"""By format; what is of another one may be compressed in any way."""


def check(codec: Codec, spec: Source) -> Iterator[Problem]:
    """A format that cannot be compressed so."""
    if spec.format is None:
        help_ = "add 'format', such as parquet"
        yield Problem(("compression",), "compression is of a format, and none is said", help_)
        return
    known = TAKES.get(spec.format, (codec,))
    if codec not in known:
        text = f"{spec.format} is not compressed with {codec}"
        yield Problem(("compression",), text, f"use one of these: {', '.join(known)}")


def exports(codec: Codec, _: Source, __: Scope) -> Mapping[str, Json]:
    """For what writes into the source or reads it."""
    return {"compression": codec}


register(
    Member(
        name="compression",
        model=Codec,  # type: ignore[arg-type]  # a word, as a member may be
        summary="How what is written is compressed, where the format leaves a choice.",
        check=check,
        exports=exports,
    )
)
