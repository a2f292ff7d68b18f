"""References of a `Resource` to other specs: found wrong, or turned into values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

from reconciler.kinds.api import Lacking, Problem, Scope
from reconciler.kinds.reference import FORM, Malformed, Use, parts, texts
from reconciler.kinds.terms.text import text
from reconciler.model.address import Address
from reconciler.model.value import Join, Json, Path, Ref, references

MALFORMED = "RES004"
NO_OUTPUT = "RES005"
WHOLE = ""
"""The export that stands for a spec as a whole."""
_MOST = 12


def malformed(properties: Json, path: Path) -> Iterator[Problem]:
    """What begins as a reference and is none, and references in names of properties."""
    for at, pieces in texts(properties, path):
        for each in pieces:
            if isinstance(each, Malformed):
                help_ = f"write {FORM}; write $${{ for a literal ${{"
                yield Problem(at, f"{each.text!r} is not a reference", help_, MALFORMED)
    for at in _keys(properties, path):
        said = "the name of a property cannot be a reference"
        yield Problem(at, said, "write the name out", MALFORMED, on_key=True)


def _keys(value: Json, path: Path) -> Iterator[Path]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            if "${ref:" in str(key):
                yield (*path, str(key))
            yield from _keys(item, (*path, str(key)))
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from _keys(item, (*path, str(index)))


@dataclass(frozen=True, slots=True)
class Links:
    """Puts values into the place of references; what cannot be is a finding of the scope."""

    scope: Scope
    needs: set[Address] = field(default_factory=set)
    """What must exist although its value is plain text, such as an ARN that follows from a name."""

    def filled(self, value: Json, path: Path) -> Json:
        """A tree with references to resources, and values that are known, in their places."""
        if isinstance(value, str):
            return self._text(value, path)
        if isinstance(value, Mapping):
            return {key: self.filled(item, (*path, str(key))) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self.filled(item, (*path, str(n))) for n, item in enumerate(value)]
        return value

    def _text(self, value: str, path: Path) -> Json:
        pieces = [each for each in parts(value) if not isinstance(each, Malformed)]
        if len(pieces) == 1:
            (piece,) = pieces
            return self._value(piece, path) if isinstance(piece, Use) else piece
        return text(*(self._written(piece, path) for piece in pieces))

    def _written(self, piece: str | Use, path: Path) -> str | Ref | Join:
        """A part of a longer text."""
        if isinstance(piece, str):
            return piece
        value = self._value(piece, path)
        if isinstance(value, str | Ref | Join):
            return value
        if isinstance(value, int | float) and not isinstance(value, bool):
            return str(value)
        said = f"{piece} is no text, so it cannot stand inside one"
        self.scope.problem(path, said, help="let it be the whole value", code=NO_OUTPUT)
        return str(piece)

    def _value(self, use: Use, path: Path) -> Json:
        if (use.kind, use.name) == (self.scope.kind, self.scope.name):
            self.scope.problem(
                path,
                f"{use} refers to the spec that it stands in",
                help="AWS knows it only once the resource exists; write the name out",
                code=MALFORMED,
            )
            return str(use)
        known = self.scope.peer(use.kind, use.name)
        value = known.get(use.output) if use.output in known else _inside(known, use.output)
        if value is None:
            self._lacks(use, known, path)
            return str(use)
        if (why := _lacking(value)) is not None:
            said = f"{use.kind} {use.name!r} {why.why}"
            self.scope.problem(path, said, help=why.help, code=NO_OUTPUT)
            return str(use)
        if not any(True for _ in references(value)):
            self.needs.update(ref.target for ref in references(known))
        return value

    def _lacks(self, use: Use, known: Mapping[str, Json], path: Path) -> None:
        who = f"{use.kind}/{use.name}"
        names = sorted(each for each in _names(known) if each)
        if use.output == WHOLE:
            said = f"{who} has several outputs, and {use} does not say which"
        elif use.output in known:
            said = f"{who} has no {use.output!r}: it does not say so in its spec"
        else:
            close = get_close_matches(use.output, names, 1, 0.6)
            meant = f"; did you mean {close[0]!r}?" if close else ""
            said = f"{who} has no output {use.output!r}{meant}"
        more = f" and {len(names) - _MOST} more" if len(names) > _MOST else ""
        help_ = (
            f"its outputs are {', '.join(names[:_MOST])}{more}" if names else "it has no outputs"
        )
        self.scope.problem(path, said, help=help_, code=NO_OUTPUT)


def _inside(known: Mapping[str, Json], output: str) -> Json:
    """An export that is a map has outputs below it: ``keys.data``."""
    value: Json = known
    for name in output.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def _lacking(value: Json | Lacking) -> Lacking | None:
    """Why a value cannot be given, itself or something inside of it."""
    if isinstance(value, Lacking):
        return value
    inside = value.values() if isinstance(value, Mapping) else ()
    return next((found for each in inside if (found := _lacking(each)) is not None), None)


def _names(known: Mapping[str, Json]) -> Iterator[str]:
    for name, value in known.items():
        if isinstance(value, Mapping):
            yield from (f"{name}.{inner}" for inner in value)
        elif value is not None and not isinstance(value, Lacking):
            yield name
