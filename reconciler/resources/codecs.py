"""Two-way mappings between a CloudFormation value and an API value.

A codec is declared once and used in both directions. `encode` may meet
references and must carry them through; `decode` meets only plain JSON.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from reconciler.model.value import Join, Json, JsonText, Mark, Ref, leaves


def _same(value: Json) -> Json:
    return value


@dataclass(frozen=True, slots=True)
class Codec:
    """`decode` reads an API value, `encode` writes one."""

    decode: Callable[[Json], Json] = _same
    encode: Callable[[Json], Json] = _same

    def then(self, other: Codec) -> Codec:
        """Decode with this one first, then with `other`; encode the other way round."""
        return Codec(
            lambda value: other.decode(self.decode(value)),
            lambda value: self.encode(other.encode(value)),
        )


SAME = Codec()


def rename(**cfn_by_api: str) -> Codec:
    """Rename keys at every depth: ``rename(ApiName="CloudFormationName")``."""
    back = {cfn: api for api, cfn in cfn_by_api.items()}

    def walk(value: Json, names: Mapping[str, str]) -> Json:
        if isinstance(value, Mapping):
            return {names.get(key, key): walk(item, names) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [walk(item, names) for item in value]
        return value

    return Codec(lambda value: walk(value, cfn_by_api), lambda value: walk(value, back))


def each(**codecs: Codec) -> Codec:
    """Apply a codec to single members of an object; keys are CloudFormation names."""

    def apply(value: Json, *, decode: bool) -> Json:
        if not isinstance(value, Mapping):
            return value
        return {
            key: (codec.decode(item) if decode else codec.encode(item))
            if (codec := codecs.get(key))
            else item
            for key, item in value.items()
        }

    return Codec(lambda value: apply(value, decode=True), lambda value: apply(value, decode=False))


def items(codec: Codec) -> Codec:
    """Apply a codec to every item of a list."""
    return Codec(
        lambda value: [codec.decode(item) for item in value],
        lambda value: [codec.encode(item) for item in value],
    )


def values(codec: Codec) -> Codec:
    """Apply a codec to every value of a map whose keys are the user's."""
    return Codec(
        lambda value: {key: codec.decode(item) for key, item in value.items()},
        lambda value: {key: codec.encode(item) for key, item in value.items()},
    )


def unwrap(key: str) -> Codec:
    """The API answers one level deeper than it asks."""
    return Codec(lambda value: value[key])


def wrapped(key: str) -> Codec:
    """The API nests the value one level deeper, under `key`, in both directions."""
    return Codec(lambda value: value.get(key), lambda value: {key: value})


def first(key: str) -> Codec:
    """The API answers a list of at most one; an empty list says that there is none."""
    return Codec(lambda value: next(iter(value.get(key) or ()), None))


def only(*keys: str) -> Codec:
    """Keep these members of an answer; the rest is AWS's own."""
    return Codec(lambda value: {key: value[key] for key in keys if key in value})


def takes(*keys: str) -> Codec:
    """The request has these members and no other."""
    return Codec(encode=lambda value: {key: value[key] for key in keys if key in value})


def text() -> Codec:
    """The API takes a document as a JSON string; it is compared as a document.

    A live document that is no JSON stays text, and so differs from any that a spec gives.
    """

    def decode(value: Json) -> Json:
        try:
            return json.loads(value) if isinstance(value, str) else value
        except ValueError:
            return value

    def encode(value: Json) -> Json:
        if isinstance(value, str | JsonText):
            return value
        marked = any(isinstance(leaf, Ref | Join | Mark) for leaf in leaves(value))
        return JsonText(value) if marked else _dump(value)

    return Codec(decode, encode)


def string() -> Codec:
    """The API takes a number or boolean as text."""

    def encode(value: Json) -> Json:
        if isinstance(value, bool):
            return "true" if value else "false"
        return str(value) if isinstance(value, int | float) else value

    return Codec(encode=encode)


def flag() -> Codec:
    """A boolean that the API writes as text."""
    return Codec(lambda value: value in {True, "true"}, string().encode)


def number() -> Codec:
    """A number that the API writes as text; 100 and 100.0 are the same."""

    def decode(value: Json) -> Json:
        if not isinstance(value, str | int | float) or isinstance(value, bool):
            return value
        found = float(value)
        return int(found) if found.is_integer() else found

    return Codec(decode, string().encode)


def moment() -> Codec:
    """A time: boto3 answers a datetime, a spec has ISO text. Requests take both."""

    def decode(value: Json) -> Json:
        return value.strftime("%Y-%m-%dT%H:%M:%SZ") if isinstance(value, datetime) else value

    return Codec(decode)


def _dump(value: Json) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"))
