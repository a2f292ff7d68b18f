"""How often a key is rotated."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from reconciler.model.value import Json, Props
from reconciler.resources.api import Request, Whole, members
from reconciler.resources.parts import Reader


@dataclass(frozen=True, slots=True)
class Period:
    """The days between two rotations; setting them needs rotation to be on."""

    prop: str = "RotationPeriodInDays"
    last: bool = False
    reads: tuple[str, ...] = ("get_key_rotation_status",)
    writes: tuple[str, ...] = ("enable_key_rotation",)

    @property
    def wholes(self) -> Mapping[str, Whole]:
        return {self.reads[0]: Whole(has=members("KeyRotationEnabled"))}

    def read(self, reader: Reader, key: Props) -> Json:
        return reader.call("get_key_rotation_status", key).get(self.prop)

    def calls(self, before: Json, after: Json) -> Iterator[Request]:
        if after and after != before:
            yield Request("enable_key_rotation", {self.prop: after})
