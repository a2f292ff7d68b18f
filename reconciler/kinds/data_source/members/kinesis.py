"""kinesis: a stream of records."""

from collections.abc import Iterator, Mapping
from typing import Annotated

from pydantic import Field

from reconciler.kinds.api import Duration, Flow, Lacking, Maybe, Problem, Scope, Section, seconds
from reconciler.kinds.data_source.api import Member, Source, register
from reconciler.kinds.data_source.lake import delivery
from reconciler.kinds.terms.key import KeyUse, key_arn, report_missing
from reconciler.kinds.terms.name import named
from reconciler.model.address import Address
from reconciler.model.graph import Node
from reconciler.model.value import Json, Path, Props, Ref

TYPE, CONSUMER = "AWS::Kinesis::Stream", "AWS::Kinesis::StreamConsumer"
StreamName = Annotated[str, Field(pattern=r"^[a-zA-Z0-9_.-]{1,128}$")]
ReaderName = Annotated[str, Field(pattern=r"^[a-zA-Z0-9_.-]{1,64}$")]
HOUR, LEAST, MOST = 3600, 24, 8760
READERS = 50
"""Readers of a stream with a throughput of their own. Source: Kinesis guide, "Quotas and limits"
(20; 50 for a stream with the on-demand advantage)."""
_OWN = ("shards", "retention", "key", "record_size")


class Kinesis(Section):
    """A stream of records: one of its own, or one that exists already."""

    existing: Maybe[StreamName] = None
    """The name of a stream that Moorline must not manage. By default it makes one."""
    shards: Maybe[Annotated[int, Field(ge=1, le=10_000)]] = None
    """How many shards it has. By default AWS sets their number by what comes (on demand)."""
    retention: Duration = "24h"
    """How long records can be read: 24 hours to 365 days."""
    record_size: Annotated[int, Field(ge=1024, le=10_240)] = 1024
    """The largest record, in KiB."""
    key: Maybe[KeyUse] = None
    """The key that encrypts the records. By default none."""
    readers: Annotated[tuple[ReaderName, ...], Field(max_length=READERS)] = ()
    """Readers that share no throughput with others (enhanced fan-out), by name."""
    deliver: Maybe[delivery.Deliver] = None
    """Records in the lake, as rows of a table."""


def check(stream: Kinesis, spec: Source) -> Iterator[Problem]:
    if stream.existing is not None:
        help_ = "remove it, or remove 'existing' to let Moorline make a stream"
        if spec.aws_name is not None:
            yield Problem(("awsName",), "an existing stream has its name", help_)
        for name in (name for name in _OWN if name in stream.model_fields_set):
            path = ("kinesis", Kinesis.model_fields[name].alias or name)
            yield Problem(path, "Moorline does not manage an existing stream", help_)
    length = seconds(stream.retention)
    here: Path = ("kinesis", "retention")
    if length % HOUR:
        yield Problem(here, "records are kept for whole hours", "such as 24h or 7d")
    elif not LEAST <= length // HOUR <= MOST:
        yield Problem(here, "records are kept for 24 hours to 365 days", "such as 24h or 7d")
    for number, name in enumerate(stream.readers):
        if name in stream.readers[:number]:
            here = ("kinesis", "readers", str(number))
            yield Problem(here, f"the reader {name!r} is there twice", "remove one")
    if stream.deliver is not None:
        yield from delivery.check(stream.deliver)


def _name(stream: Kinesis, scope: Scope) -> str:
    return stream.existing or scope.address(TYPE).name


def _arn(stream: Kinesis, scope: Scope) -> Json:
    if stream.existing is not None:
        return scope.arn("kinesis", f"stream/{stream.existing}")
    return Ref(scope.address(TYPE), "Arn")


def _reader(name: str, scope: Scope) -> Address:
    return scope.address(CONSUMER, name)


def exports(stream: Kinesis, _: Source, scope: Scope) -> Mapping[str, Json | Lacking]:
    name: Json = stream.existing or Ref(scope.address(TYPE), "Name")
    return {
        "stream": name,
        "streamArn": _arn(stream, scope),
        "readers": {it: Ref(_reader(it, scope), "ConsumerARN") for it in stream.readers},
        "dataKeyArn": key_arn(stream.key, scope),
    }


def build(stream: Kinesis, spec: Source, scope: Scope) -> Iterator[Node]:
    report_missing(stream.key, scope, ("kinesis", "key"))
    if stream.existing is None:
        yield scope.node(scope.address(TYPE), _props(stream, scope), lines=_LINES)
    for number, name in enumerate(stream.readers):
        lines: dict[Path, Path] = {(): ("kinesis", "readers", str(number))}
        yield scope.node(_reader(name, scope), {"StreamARN": _arn(stream, scope)}, lines=lines)
    if stream.deliver is not None:
        source = delivery.Stream(_name(stream, scope), _arn(stream, scope))
        key = key_arn(stream.key, scope)
        yield from delivery.build(stream.deliver, spec, source, key, scope)


def _props(stream: Kinesis, scope: Scope) -> Props:
    key = key_arn(stream.key, scope)
    props: dict[str, Json] = {
        "StreamModeDetails": {"StreamMode": "PROVISIONED" if stream.shards else "ON_DEMAND"},
        "RetentionPeriodHours": seconds(stream.retention) // HOUR,
        "MaxRecordSizeInKiB": stream.record_size,
        # Said to be absent where nobody asks for it, so that a line that goes is undone.
        "StreamEncryption": {"EncryptionType": "KMS", "KeyId": key} if key is not None else None,
    }
    return props | ({"ShardCount": stream.shards} if stream.shards else {})


def flows(stream: Kinesis) -> Iterator[Flow]:
    if stream.deliver is not None:
        yield Flow((*delivery.AT, "to"), "DataSource", stream.deliver.to, writes=True)


_LINES: Mapping[Path, Path] = {
    (): ("kinesis",),
    ("StreamModeDetails",): ("kinesis", "shards"),
    ("StreamModeDetails", "StreamMode"): ("kinesis", "shards"),
    ("ShardCount",): ("kinesis", "shards"),
    ("RetentionPeriodHours",): ("kinesis", "retention"),
    ("MaxRecordSizeInKiB",): ("kinesis", "recordSize"),
    ("StreamEncryption",): ("kinesis", "key"),
}
register(
    Member(
        name="kinesis",
        model=Kinesis,
        summary="A stream of records.",
        store=True,
        check=check,
        build=build,
        named=lambda _, spec: named(TYPE, spec.aws_name),
        exports=exports,
        flows=flows,
    )
)
