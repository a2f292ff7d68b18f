"""What is written for one partition of AWS does not exist in another.

Policies, keys, roles, queues and registries are named by ARNs and hosts that say their partition,
and no account is in two. Source: IAM user guide, "Amazon Resource Names (ARNs)", Partitions; ECR
and IAM in "Amazon Web Services in China", Feature differences.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from reconciler.facts.partitions import Partition, partition_of, partitions
from reconciler.facts.registry import image_in
from reconciler.model.codes import Code
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.graph import Graph, Node
from reconciler.policy import tree
from reconciler.policy.api import Shared, register
from reconciler.policy.tree import Worded

_ARN = re.compile(r"(?<![\w-])arn:(aws[a-z-]*):[a-z0-9-]+:")
_HOST = re.compile(r"(?:[a-z0-9-]+\.)+[a-z]+")
_COMMON = "amazonaws.com"
"""Services have principals of this form in every partition. Source: `schemas/principals.json`."""
CODE = Code(
    "PLACE001",
    "a name of another partition of AWS",
    "An ARN, a service principal or a registry is written for another partition than that of the"
    " environment's region. It does not exist there: managed policies of AWS too have an ARN of"
    " their own in each partition.",
    "Write it for the partition of the environment; a variable of the environment, as in"
    " `arn:${partition}:iam::aws:policy/…`, makes one spec fit several.",
)


def check(graph: Graph, worded: Sequence[Worded]) -> Iterator[Diagnostic]:
    """One finding for each property, at the line behind it."""
    if not graph.region:
        return
    here = partition_of(graph.region)
    for node, texts in worded:
        seen: set[str] = set()
        for path, text in texts:
            for wrong in foreign(text, here):
                if wrong not in seen:
                    seen.add(wrong)
                    yield _finding(node, path, wrong, graph.region, here)


register(Shared(CODE, tree.worded, check))


def foreign(text: str, here: Partition) -> Iterator[str]:
    """What of a text says another partition, in words."""
    if "." not in text and "arn:" not in text:  # most texts
        return
    for found in _ARN.finditer(text):
        if found[1] != here.name:
            shown = re.split(r"[\s\"'<>,]", text[found.start() :], maxsplit=1)[0]
            yield f"{shown[:120]!r} is of the partition {found[1]!r}"
    image = image_in(text)
    if image is not None:
        there = partition_of(image.region)
        if there.name != here.name:
            yield f"the registry of {text!r} is in the partition {there.name!r}"
        elif image.suffix != there.images[image.dual]:
            right = there.images[image.dual]
            yield f"registries of {there.name!r} end in {right!r}, not as {text!r} does"
    elif _HOST.fullmatch(text):
        for other in partitions():
            theirs = other.suffix not in (_COMMON, here.suffix)
            if theirs and text.endswith(f".{other.suffix}"):
                yield f"{text!r} is a service of the partition {other.name!r}"


def _finding(
    node: Node, path: tuple[str, ...], wrong: str, region: str, here: Partition
) -> Diagnostic:
    at = node.origin.line_of(path) if node.origin else None
    known = ", ".join(each.name for each in partitions() if each.name != here.name)
    text = f"{wrong}, and {region!r} is in {here.name!r}"
    help_ = f"write it for {here.name!r}; other partitions are {known}"
    return Diagnostic(CODE.code, text, at, help_, address=node.address)
