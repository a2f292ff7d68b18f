"""Code and other files that AWS reads from S3: of the repository, or built elsewhere.

What is of the repository becomes an object ``<prefix>/assets/<sha256>`` of the bucket that the
environment names (`assets`), made by a step of the plan before whoever uses it. Its key follows
from its bytes: an edit is another object, and what still runs keeps the one that it was started
with.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import Annotated, TypeAlias

from pydantic import Field

from reconciler.jobs import OWN, package, source
from reconciler.kinds.api import Maybe, Path, Problem, Reference, Scope, Section
from reconciler.kinds.packs import Pack, RepositoryPath
from reconciler.kinds.terms.location import S3Path, Spot, inside
from reconciler.kinds.terms.text import text
from reconciler.model.address import Address
from reconciler.model.asset import FOLDER, Form, Packed
from reconciler.model.value import Json, Ref

TYPE = "Moorline::S3::Asset"
Digest: TypeAlias = Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")]


@dataclass(frozen=True, slots=True)
class Asset:
    """Bytes in S3, and all that a property or a permission needs to know of them."""

    bucket: Json
    """The name of the bucket, or a reference to it."""
    key: str
    uri: Json
    """``s3://…``."""
    spot: Spot
    """Its place, for permissions: all assets of the environment, since a run that goes on reads
    older ones, or the one object that was built elsewhere."""
    digest: str
    """SHA-256 in hexadecimal digits; "" where it was built elsewhere and nobody said."""
    size: int
    """Bytes; 0 where it was built elsewhere."""
    names: tuple[str, ...]
    """The files in an archive; nothing where it was built elsewhere."""
    address: Address | None
    """What has to be there first, for `depends_on`; nothing where it was built elsewhere."""

    @property
    def needs(self) -> tuple[Address, ...]:
        """`address`, for ``depends_on=asset.needs``."""
        return () if self.address is None else (self.address,)


class Elsewhere(Section):
    """An object that something else builds and puts into a DataSource."""

    source: Maybe[Annotated[str, Reference("DataSource")]] = None
    """The DataSource that holds it, where it is built elsewhere."""
    path: Maybe[S3Path] = None
    """Where it is under the prefix of the DataSource."""
    digest: Maybe[Digest] = None
    """The digest of the object."""


class Script(Elsewhere):
    """A file: of the repository, or built elsewhere. Use it with ``Shorthand("file")``."""

    needs = ("file", "source")

    file: Maybe[Annotated[RepositoryPath, Pack(Form.FILE)]] = None
    """The file in the repository."""


class Package(Elsewhere):
    """A zip: of a file or folder of the repository, or built elsewhere.

    Use it with ``Shorthand("folder")``.
    """

    needs = ("folder", "source")

    folder: Maybe[Annotated[RepositoryPath, Pack(Form.ZIP)]] = None
    """The folder in the repository, or one file of it."""


def problems(given: Elsewhere, own: str, path: Path) -> list[Problem]:
    """Faults between the members, for the kind's `check`; `own` is the one for the repository."""
    here = getattr(given, own)
    if (here is None) == (given.source is None):
        return [Problem(path, f"give '{own}', or 'source' and 'path'")]
    if given.source is not None and given.path is None:
        return [Problem(path, "'source' needs a 'path'", "write the path of the object")]
    if here is None:
        return []
    extra = [each for each in ("path", "digest") if getattr(given, each) is not None]
    help_ = f"remove it: {here!r} is of the repository, which says what is in it"
    return [Problem((*path, each), f"'{each}' belongs to 'source'", help_) for each in extra]


def bytes_of(given: Script | Package, scope: Scope, at: Path) -> Asset:
    """The asset that a section stands for. `at` is the path of the section in the spec."""
    if isinstance(given, Script) and given.file is not None:
        return asset(scope, given.file, Form.FILE, at=(*at, "file"))
    if isinstance(given, Package) and given.folder is not None:
        return asset(scope, given.folder, Form.ZIP, at=(*at, "folder"))
    return elsewhere(scope, given.source or "", given.path or "", given.digest or "")


def asset(scope: Scope, path: str, form: Form = Form.FILE, *, at: Path) -> Asset:
    """A file or folder of the repository as an object of S3, which the plan puts there.

    The field at `at` must carry the mark `Pack(form)`: by that mark it was found and read. The
    object comes into the graph by itself.

    Raises:
        KeyError: the field carries no such mark, which is a fault of the kind file.
    """
    return _put(scope, scope.packed[path, form], at)


def own(scope: Scope, job: str, form: Form = Form.FILE, *, at: Path) -> Asset:
    """A job of Moorline's own as an object of S3, for what is said at `at`; see `reconciler.jobs`.

    As a zip it is a folder with all that is in it.
    """
    body = package(job) if form is Form.ZIP else source(job)
    packed = Packed(f"{OWN}{job}", form, hashlib.sha256(body).hexdigest(), len(body), 1)
    if scope.home is None:
        scope.problem(
            at,
            "this runs code of Moorline's own, and the environment names no bucket for it",
            help="add `assets: {source: DATASOURCE}` to the environment",
            code="ASSET001",
        )
    return _put(scope, packed, at)


def _put(scope: Scope, packed: Packed, at: Path) -> Asset:
    home = scope.home
    if home is None:  # ASSET001 is said where the spec names it
        nowhere = Spot("", "*", "*", None)
        return Asset("", "", "", nowhere, packed.digest, packed.size, packed.names, None)
    folder = "/".join(filter(None, (home.folder, FOLDER)))
    spot = inside(scope, "DataSource", home.source, folder, tree=True)
    bucket, key, uri = _place(scope, home.source, f"{folder}/{packed.leaf}")
    name = bucket.target.name if isinstance(bucket, Ref) else str(bucket)
    address = Address(TYPE, f"{name}/{key}")
    props = {"Checksum": f"sha256:{packed.digest}", "Size": packed.size}
    needs = [bucket.target] if isinstance(bucket, Ref) else []
    node = scope.node(address, props, lines={(): at}, depends_on=needs)
    scope.made[address] = replace(node, asset=packed)
    spot = spot._replace(uri=uri)
    return Asset(bucket, key, uri, spot, packed.digest, packed.size, packed.names, address)


def elsewhere(scope: Scope, source: str, path: str, digest: str = "") -> Asset:
    """An object that something else puts into a DataSource."""
    spot = inside(scope, "DataSource", source, path)
    bucket, key, uri = _place(scope, source, path)
    return Asset(bucket, key, uri, spot, digest.removeprefix("sha256:"), 0, (), None)


def _place(scope: Scope, source: str, path: str) -> tuple[Json, str, Json]:
    """The bucket, the key and the URI of a path in a DataSource."""
    bucket = scope.export("DataSource", source, "bucket")
    prefix = scope.export("DataSource", source, "prefix")
    key = "/".join(filter(None, (prefix, path)))
    return bucket, key, text("s3://", bucket, f"/{key}")
