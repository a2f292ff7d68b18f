"""The configuration that a rollout goes back to, made again where somebody has deleted it.

Its name is the digest of its content, so the name tells whether what is known of it is all: the
variant as the configuration with both versions has it, and all else as the spec has it now.
"""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.kinds.api import Scope
from reconciler.kinds.rollout import told
from reconciler.kinds.rollout.standing import CONFIG, Standing
from reconciler.model.address import Address
from reconciler.model.graph import Node
from reconciler.model.value import Path, Props, Ref

MODEL = "AWS::SageMaker::Model"
_OWN = ("VariantName", "InstanceType", "InitialInstanceCount")
"""What of a variant may differ from one version to the next, beside its model."""


def anew(
    props: Props, seen: Standing, base: str, lines: Mapping[Path, Path], scope: Scope
) -> tuple[Node, ...]:
    """The configuration before, if it is what is gone and its content is known; else why not."""
    config = Address(CONFIG, base)
    gone = str(seen.fact["lacks"])
    content = seen.fact["content"]
    if repr(base) not in gone or content is None:
        told.homeless(scope, gone, again=False)
        return ()
    live: Props = content["ProductionVariants"][0]
    own = {key: live[key] for key in _OWN if key in live}
    named = Ref(Address(MODEL, str(live["ModelName"])), "ModelName")
    variant = {**props["ProductionVariants"][0], **own, "ModelName": named}
    known = scope.versioned(CONFIG, {**props, "ProductionVariants": [variant]}) == config
    told.homeless(scope, gone, again=known)
    if not known:
        return ()
    whole = {**props, "ProductionVariants": [{**variant, "ModelName": live["ModelName"]}]}
    return (scope.node(config, whole, lines=lines),)
