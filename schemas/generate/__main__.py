"""`make schemas`: write all generated data under `schemas/`."""

from __future__ import annotations

from schemas.generate import (
    additions,
    aws,
    catalog,
    iam,
    images,
    instance_types,
    kinds,
    operations,
    partitions,
    pipelines,
    plan,
)
from schemas.generate.fields import files as fields


def main() -> None:
    """Run every generator, in the order in which they build on each other."""
    aws.main()
    additions.main()
    images.main()
    instance_types.main()
    partitions.main()
    iam.main()
    operations.main()
    pipelines.main()
    kinds.main()
    fields.main([])
    plan.main()
    catalog.main()


main()
