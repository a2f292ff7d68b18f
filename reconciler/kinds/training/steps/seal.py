"""The model file in the place where nobody can overwrite it, signed where the registry wants that.

The step has a role of its own: no other one may put files there, and none may sign.
"""

from __future__ import annotations

from reconciler.kinds.api import Scope
from reconciler.kinds.terms.asset import Asset
from reconciler.kinds.terms.location import Spot, inside
from reconciler.kinds.terms.permissions import allow_read, allow_write
from reconciler.kinds.training import tools
from reconciler.kinds.training.job import Job
from reconciler.kinds.training.places import MODELS, below
from reconciler.kinds.training.processing import CODE, OUTPUT, Work, processing
from reconciler.kinds.training.registering import Register
from reconciler.kinds.training.spec import Training
from reconciler.kinds.training.step import Step
from reconciler.kinds.training.steps import train
from reconciler.model.value import Json, Path, Props

NAME, PURPOSE, SCRIPT = "Seal", "seal", "seal.py"
FOUND, FILE, PROPERTIES = "sealed", "sealed.json", "Sealed"
READ = {"PropertyFileName": PROPERTIES, "OutputName": FOUND, "FilePath": FILE}
FOLDER = "registered"
"""Below the registry's place; its policy forbids to overwrite what is there."""
AT: Path = ("register", "registry")


def wanted(register: Register, scope: Scope) -> bool:
    """Whether the registry takes only files that stay as they are."""
    return bool(scope.export("ModelRegistry", register.registry, "immutable"))


def spot(register: Register, scope: Scope) -> Spot:
    """Where registered files are."""
    return inside(scope, "ModelRegistry", register.registry, FOLDER, tree=True)


def step(spec: Training, register: Register, job: Job, scope: Scope) -> tuple[Step, Asset]:
    """The step, and its script. It is never found in the cache: it makes sure of what is there."""
    asset, entry = tools.script(scope, SCRIPT, AT)
    to = spot(register, scope)
    signs = scope.export("ModelRegistry", register.registry, "signs")
    said: list[Json] = ["--artifact", train.artifact(spec), "--to", to.uri]
    said += ["--file", f"{OUTPUT}/{FOUND}/{FILE}"]
    said += ["--key", signs] if signs is not None else []
    said += ["--encrypt", to.key] if to.key is not None else []
    work = Work(
        name=NAME,
        purpose=PURPOSE,
        at=AT,
        worker=tools.SMALL,
        image=tools.image(scope, tools.SMALL, AT),
        entry=entry,
        arguments=tuple(said),
        reads={CODE: tools.mounted(asset)},
        writes={FOUND: ()},
        calls=True,
        fresh=True,
        files=(READ,),
    )
    made, role = processing(work, spec, job, scope)
    allow_read(scope, role, below(spec, scope, MODELS))
    allow_read(scope, role, to)
    allow_write(scope, role, to)
    scope.grant(role, ("s3:AbortMultipartUpload",), on=(to.objects,))
    if signs is not None:
        scope.grant(role, ("kms:Sign",), on=(signs,))
    return made, asset


def read(what: str) -> Props:
    """Of the sealed file its ``uri``, ``sha256`` or ``etag``."""
    file = {"PropertyFile": {"Get": f"Steps.{NAME}.PropertyFiles.{PROPERTIES}"}}
    return {"Std:JsonGet": {**file, "Path": what}}
