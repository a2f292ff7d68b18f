"""An image by a tag, which can be moved: what starts tomorrow may be another than what was tested.

Instances of autoscaling and repairs pull the image anew, so a fleet may serve two of them. AWS's
own framework images keep their versions, so only `latest` is said of them. Source: SageMaker
developer guide, "Use your own inference code with hosting services"; ECR user guide, "Preventing
image tags from being overwritten".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reconciler.facts.images import owners
from reconciler.facts.registry import Image, image_in
from reconciler.model.codes import Code
from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.model.graph import Graph
from reconciler.policy import tree
from reconciler.policy.api import Shared, register
from reconciler.policy.tree import Worded

CODE = Code(
    "IMAGE001",
    "an image by a tag",
    "An image is named by a tag, which its repository may move to another image; what is started"
    " later then runs something that no plan showed.",
    "Name it by its digest, `…/NAME@sha256:…`; `aws ecr describe-images` shows it.",
)


def check(_graph: Graph, worded: Sequence[Worded]) -> Iterator[Diagnostic]:
    """One warning for each image of a resource, at the line behind it."""
    for node, texts in worded:
        seen: set[str] = set()
        for path, text in texts:
            image = image_in(text)
            if image is None or text in seen or not _moves(image):
                continue
            seen.add(text)
            name = f"{image.repository}:{image.tag or 'latest'}"
            said = f"the image {name!r} is named by a tag, which may be moved"
            at = node.origin.line_of(path) if node.origin else None
            yield Diagnostic(CODE.code, said, at, CODE.fix, Severity.WARNING, node.address)


register(Shared(CODE, tree.worded, check))


def _moves(image: Image) -> bool:
    if image.digest:
        return False
    return image.account not in owners() or image.tag == "latest"
