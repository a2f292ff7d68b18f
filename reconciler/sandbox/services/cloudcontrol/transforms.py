"""Values as AWS rewrites them: the plain forms of a schema's `propertyTransform`.

A transform is JSONata with alternatives, of which AWS shows one. Here it is the first that is read
and changes the value; what is not read leaves it as it was given. Alternatives can be regular
expressions: of those only the known ones are followed, such as an ARN before a key's id.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from reconciler.sandbox.services.cloudcontrol import paths
from reconciler.sandbox.services.cloudcontrol.paths import Json
from reconciler.sandbox.services.cloudcontrol.schema import Kind

_OF = r"(?P<of>[\w.]+)"
_TEXT = r"[\"'](?P<text>[^\"']*)[\"']"
_OTHER = r"[\"'](?P<other>[^\"']*)[\"']"


@dataclass(frozen=True, slots=True)
class Here:
    """What ARNs are made of."""

    account: str
    region: str
    partition: str


Rewrite = Callable[[str, dict[str, str], Here], Json]


def apply(kind: Kind, found: dict[str, Json], here: Here) -> None:
    """Rewrite what a reading has, where the type has transforms."""
    for path, expression in kind.facts.transforms.items():
        for holder in paths.holders(found, path):
            value = holder.get(path[-1])
            if isinstance(value, str):
                holder[path[-1]] = rewritten(str(expression), path[-1], value, here)


def rewritten(expression: str, own: str, value: str, here: Here) -> Json:
    """What AWS shows for a value."""
    for alternative in expression.split("$OR"):
        for form, rewrite in FORMS:
            match = form.fullmatch(alternative.strip())
            if match and match["of"].rpartition(".")[2] == own:
                shown = rewrite(value, match.groupdict(), here)
                if shown != value:
                    return shown
    return value


def _ended(value: str, end: str) -> str:
    return value if value.endswith(end) else value + end


def _headed(value: str, found: dict[str, str], here: Here) -> str:
    """A value behind what is before it: plain text, or the beginning of an ARN as a pattern."""
    head = found["text"]
    if value.startswith("arn:"):
        return value
    if "kms" in head:
        resource = "" if value.startswith(("key/", "alias/")) else "key/"
        return f"arn:{here.partition}:kms:{here.region}:{here.account}:{resource}{value}"
    if "iam::" in head:
        return f"arn:{here.partition}:iam::{here.account}:role/{value}"
    return value if re.search(r"[][^$*+?|(){}\\]", head) else f"{head}{value}"


FORMS: tuple[tuple[re.Pattern[str], Rewrite], ...] = tuple(
    (re.compile(form), rewrite)
    for form, rewrite in (
        (rf"\$lowercase\({_OF}\)", lambda value, _, __: value.lower()),
        (rf"\$uppercase\({_OF}\)", lambda value, _, __: value.upper()),
        (rf"\$trim\({_OF}\)", lambda value, _, __: value.strip()),
        (rf"\$number\({_OF}\)", lambda value, _, __: int(value) if value.isdigit() else value),
        (rf"\$replace\({_OF},\s*/\\s\+\$/,\s*''\)", lambda value, _, __: value.rstrip()),
        (rf"\$replace\({_OF},\s*/\n\$/,\s*''\)", lambda value, _, __: value.removesuffix("\n")),
        (
            rf"\$replace\({_OF},\s*{_TEXT},\s*{_OTHER}\)",
            lambda value, found, _: value.replace(found["text"], found["other"]),
        ),
        (
            rf"\$split\({_OF},\s*{_TEXT}\)\[-1\]",
            lambda value, found, _: value.rpartition(found["text"])[2],
        ),
        (
            rf"\$substringAfter\({_OF},\s*{_TEXT}\)",
            lambda value, found, _: value.partition(found["text"])[2] or value,
        ),
        (rf"\$join\(\[{_OF},\s*{_TEXT}\]\)", lambda value, found, _: _ended(value, found["text"])),
        (rf"\$join\(\[\$string\({_OF}\),\s*[\"']\.\*[\"']\]\)", lambda value, _, __: f"{value}.45"),
        (rf"{_TEXT}\s*&\s*''\s*&\s*{_OF}", lambda value, found, _: f"{found['text']}{value}"),
        (rf"\$join\(\[{_TEXT},\s*{_OF}\]\)", _headed),
    )
)
