"""A CI system that runs shell scripts: one file that plans, and one that applies.

Copy to `reconciler/delivery/providers/<name>.py`, and give it the name of the file. Long templates
go into `reconciler/delivery/templates/<name>/`; `files` then names them instead of `Inline`.
"""

from __future__ import annotations

from reconciler.delivery.api import Inline, Provider, Trust, literal, register
from reconciler.delivery.site import Site
from reconciler.delivery.todo import Todo

ISSUER = "ci.example.com"
SCRIPT = """\
#!/bin/sh
# Written by `moorline ci init`.
set -eu
[% for stage in site.stages %]
moorline %s -e [[ stage.name|quoted ]]
[% endfor %]
"""


def trust(site: Site) -> Trust:
    """Whose tokens take the roles."""
    job = f"repository:{literal(site.repository)}"
    return Trust(
        site.issuer or ISSUER,
        plan=(f"{job}:change",),
        apply=(f"{job}:branch:{literal(site.branch)}",),
    )


register(
    Provider(
        name="shell",
        says="A CI system of shell scripts",
        files={
            "delivery/plan.sh": Inline(SCRIPT.replace("%s", "plan")),
            "delivery/apply.sh": Inline(SCRIPT.replace("%s", "apply --yes")),
        },
        trust=trust,
        then=lambda site: (Todo("branch", f"let nobody push to {site.branch} without a review"),),
    )
)
