"""Codes about what stands in front of endpoints: interfaces, load balancers, names of hosts."""

from __future__ import annotations

from reconciler.model.codes.code import Code

ORDER = 79
CODES = (
    Code(
        "EXPOSE001",
        "two routing policies under one name",
        "All records of one name and type in a zone have one routing policy: simple, failover, weighted or another. Route 53 refuses a batch that would leave two (InvalidChangeBatch), and trying again does not help.",
        "Use another name for the new policy. To keep the name, change all of its records in one batch by hand, DELETE and CREATE together, so that no question is left without an answer; then take ours over with `--adopt`.",
    ),
    Code(
        "EXPOSE005",
        "a health check that says nothing",
        "A health check that is disabled counts as healthy, and one that is inverted counts as healthy while what it watches is not. Records with it send traffic to a region that does not answer, for ever.",
        "Apply: an inverted one is turned back. Cloud Control cannot enable one that is disabled, and drift tells of it: enable it in Route 53. To take a region out of the answers, use `parts: 0` or remove `failover` there.",
    ),
    Code(
        "EXPOSE006",
        "nothing can stand in front of this mode",
        "An HTTP API or a load balancer hands a request to an endpoint and waits for the answer. Asynchronous endpoints answer into S3, batch transforms have no endpoint, and inference components are named by each request.",
        "Remove `expose`, or use `realtime`, `serverless` or `multiModel`.",
    ),
)
