"""Texts with parts that only a run knows: ``clean/day={day}``.

A placeholder is ``{day}``, ``{run}``, ``{item}`` or ``{parameters.NAME}``; a brace itself is
written twice. In the States language it becomes an intrinsic function. Source: Amazon States
Language, "Intrinsic Functions", States.Format; its texts stand in single quotes, in which quotes,
braces and backslashes are escaped.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from reconciler.kinds.terms.text import text
from reconciler.model.value import Join, Json, Ref

_PART = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")
_NAME = re.compile(r"day|run|item|parameters\.[a-z][A-Za-z0-9_]*")
PATHS = {"day": "$.moment.day", "run": "$$.Execution.Name", "item": "$.item"}


class TemplateError(ValueError):
    """A placeholder that there is not."""


@dataclass(frozen=True, slots=True)
class Template:
    """Literal pieces and the paths of what stands between them, in turn."""

    pieces: tuple[Json, ...]
    """One more than `paths`; texts, which may hold references to other resources."""
    paths: tuple[str, ...] = ()

    @staticmethod
    def read(written: str) -> Template:
        """A text of a spec.

        Raises:
            TemplateError: it has a placeholder that there is not.
        """
        pieces, paths, last = [""], [], 0
        for found in _PART.finditer(written):
            pieces[-1] += written[last : found.start()]
            last = found.end()
            if found[0] in ("{{", "}}"):
                pieces[-1] += found[0][0]
                continue
            if found[1] is None or not _NAME.fullmatch(found[1]):
                names = "{day}, {run}, {item} and {parameters.NAME}"
                raise TemplateError(f"{found[0]!r} is no placeholder; there are {names}")
            paths.append(path_of(found[1]))
            pieces.append("")
        pieces[-1] += written[last:]
        return Template(tuple(pieces), tuple(paths))

    @property
    def names(self) -> frozenset[str]:
        """The paths that it needs."""
        return frozenset(self.paths)

    def after(self, *before: Json) -> Template:
        """The same with texts in front."""
        first, *rest = self.pieces
        return Template((text(*before, first), *rest), self.paths)

    def then(self, following: Template | str) -> Template:
        """The same with more behind it; a text is taken as it is, braces too."""
        other = Template((following,)) if isinstance(following, str) else following
        *pieces, last = self.pieces
        first, *rest = other.pieces
        return Template((*pieces, text(last, first), *rest), (*self.paths, *other.paths))

    def field(self, name: str) -> dict[str, Json]:
        """A member of a state's parameters: as it is, or as a function of the run."""
        if not self.paths:
            return {name: self.pieces[0]}
        return {f"{name}.$": self.function()}

    def function(self) -> Json:
        """The intrinsic function, or the path itself where there is nothing around it."""
        if len(self.paths) == 1 and self.pieces == ("", ""):
            return self.paths[0]
        parts: list[Json] = ["States.Format('"]
        for index, piece in enumerate(self.pieces):
            parts += ["{}"] if index else []
            parts.append(_quoted(piece))
        return text(*parts, "', ", ", ".join(self.paths), ")")

    def literal(self) -> Json:
        """A text without placeholders, as an intrinsic function takes it."""
        return text("'", _quoted(self.pieces[0]), "'")

    def pattern(self, star: str = "*") -> Json:
        """A pattern of all that it may be."""
        first, *rest = self.pieces
        return text(first, *(piece for each in rest for piece in (star, each)))


def fills(written: str) -> bool:
    """Whether a text has parts that only a run knows; one that is no template has none."""
    try:
        return bool(Template.read(written).paths)
    except TemplateError:
        return False


def path_of(name: str) -> str:
    """The path of a placeholder in a run's state."""
    kind, _, parameter = name.partition(".")
    return f"$.settings.{parameter}" if kind == "parameters" else PATHS[kind]


def _quoted(piece: Json) -> Json:
    parts = piece.parts if isinstance(piece, Join) else (piece,)
    return text(*(each if isinstance(each, Ref) else _escaped(str(each)) for each in parts))


def _escaped(literal: str) -> str:
    return re.sub(r"([\\'{}])", r"\\\1", literal)
