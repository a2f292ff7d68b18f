"""What each workload calls, and as whom: the calls that roles and resource policies are for.

Made from a platform's resources with CloudFormation's property names and no references left in
them. Every row has its source; `calls.asked` and `caller.demanded` say what IAM is asked for it.
It does not judge, and knows nothing of how the resources came to be.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.access.workloads.deliveries import deliveries
from reconciler.access.workloads.features import features
from reconciler.access.workloads.hosting import hosting
from reconciler.access.workloads.jobs import jobs
from reconciler.access.workloads.machines import machines
from reconciler.access.workloads.others import others
from reconciler.access.workloads.pipelines import pipelines
from reconciler.access.workloads.site import Site, Thing, Work
from reconciler.access.workloads.training import training

__all__ = ["Site", "Thing", "Work", "works"]


def works(site: Site) -> Iterator[Work]:
    """Every call that the workloads of a platform send, as far as its resources say."""
    for row in (hosting, training, pipelines, features, deliveries, machines, jobs, others):
        yield from row(site)
