"""A resource of a service that a partition or a region of AWS does not have.

Source: `facts.partitions`, which is made of botocore's lists of endpoints.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.facts.partitions import Lack, lacks, partition_of
from reconciler.model.codes import Code
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.graph import Graph
from reconciler.policy.api import Rule, register
from reconciler.resources.api import lookup

CODE = Code(
    "PLACE002",
    "a service that is not there",
    "A spec makes a resource of a service that AWS does not offer in the environment's region, or"
    " in its whole partition, such as AWS Budgets in GovCloud.",
    "Move the environment to a region that has the service, or keep the spec in a folder that is"
    " not read there (`--specs`).",
)


def check(graph: Graph) -> Iterator[Diagnostic]:
    """One finding for each resource, at its spec."""
    for node in graph:
        resource = lookup(node.address.type)
        lack = lacks(resource.service, graph.region) if resource and graph.region else Lack.NOTHING
        if resource is None or lack is Lack.NOTHING:
            continue
        name = partition_of(graph.region).name
        where = f"partition {name!r}" if lack is Lack.PARTITION else f"region {graph.region!r}"
        text = f"there is no {resource.service} in the {where}, so no {node.address.type}"
        at = node.origin.line_of(()) if node.origin else None
        yield Diagnostic(CODE.code, text, at, CODE.fix, address=node.address)


register(Rule(CODE, check))
