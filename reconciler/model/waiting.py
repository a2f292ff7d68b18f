"""What waits: a spec that cannot be compiled yet, or a part of one. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from reconciler.model.value import Json


@dataclass(frozen=True, slots=True)
class Waiting:
    """A spec (``Kind/name``) that waits for something that is not there yet."""

    spec: str
    why: str
    todo: str
    """What somebody has to do before the next apply."""
    whole: bool = True
    """Nothing of it is made or changed; else what needs nothing of that is made."""

    @property
    def stays(self) -> str:
        """What becomes of it meanwhile."""
        return (
            "nothing it owns is made or changed until then"
            if self.whole
            else "what does not need it is made; the rest is left as it is until then"
        )


def waiting_to_json(waiting: Waiting) -> Json:
    """The JSON form."""
    return {
        "spec": waiting.spec,
        "why": waiting.why,
        "todo": waiting.todo,
        "whole": waiting.whole,
    }


def waiting_from_json(data: Json) -> Waiting:
    """The inverse of `waiting_to_json`."""
    return Waiting(data["spec"], data["why"], data["todo"], data["whole"])
