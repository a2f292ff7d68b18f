"""A reference to a secret or a value that nobody would resolve.

`{{resolve:…}}` is resolved by CloudFormation alone, and by no service that Moorline calls: SNS
would send the characters as a password, a container would read them as its variable. The same
holds for the references of other tools. Source: CloudFormation user guide, "Get values stored in
other services using dynamic references".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reconciler.model.codes import Code
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.graph import Graph
from reconciler.policy import tree
from reconciler.policy.api import Shared, register
from reconciler.policy.tree import Worded
from reconciler.secret.references import WAY_OUT, unresolved

CODE = Code(
    "SECRET002",
    "a reference that nobody would resolve",
    "A value holds the reference of some tool to a secret or a parameter, such as"
    " {{resolve:secretsmanager:NAME}}. CloudFormation resolves it in a stack; Moorline calls the"
    " services themselves, and they would take its characters for the value.",
    f"{WAY_OUT[0].upper()}{WAY_OUT[1:]}.",
)


def check(_graph: Graph, worded: Sequence[Worded]) -> Iterator[Diagnostic]:
    """One finding for each value, at the line behind it."""
    for node, texts in worded:
        for path, text in texts:
            for reference, tool in unresolved(text) if path[0] != "Tags" else ():
                said = f"nobody would resolve {reference!r}: it is for {tool}"
                at = node.origin.line_of(path) if node.origin else None
                yield Diagnostic(CODE.code, said, at, WAY_OUT, address=node.address)


register(Shared(CODE, tree.worded, check))
