"""What RDS refuses of databases, whichever kind. Source: RDS API reference, and its user guide."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from moto.ec2.models import ec2_backends
from moto.rds.exceptions import InvalidParameterCombination, InvalidParameterValue, RDSClientError

from reconciler.sandbox.services.rds import work


def version(backend: Any, database: Any, given: dict[str, Any]) -> None:  # noqa: ANN401
    """A version goes up only, and to another major one only where that is said.

    Raises:
        InvalidParameterCombination: it does not.
    """
    del backend
    wanted = given.get("engine_version")
    if not wanted:
        return
    have, want = (_numbers(str(each)) for each in (database.engine_version, wanted))
    if want < have and want != have[: len(want)]:
        text = f"Cannot upgrade {database.engine} from {database.engine_version} to {wanted}"
        raise InvalidParameterCombination(text)
    one = 1 if "postgres" in database.engine else 2
    if want[:one] != have[:one] and not given.get("allow_major_version_upgrade"):
        text = "The AllowMajorVersionUpgrade flag must be present when upgrading to a new major"
        raise InvalidParameterCombination(f"{text} version.")


def storage(database: Any, given: dict[str, Any]) -> None:  # noqa: ANN401
    """Storage grows only.

    Raises:
        InvalidParameterCombination: it would shrink.
    """
    wanted, live = given.get("allocated_storage"), database.allocated_storage
    if wanted and live and int(wanted) < int(live):
        text = f"Invalid storage size: the requested size {wanted} is less than the current {live}"
        raise InvalidParameterCombination(text)


def password(database: Any, given: dict[str, Any]) -> None:  # noqa: ANN401
    """Only who has AWS's password can give it up.

    Raises:
        InvalidParameterCombination: it has none.
    """
    if given.get("manage_master_user_password") is False and not hasattr(
        database, "master_user_secret"
    ):
        text = "You can't turn off ManageMasterUserPassword: it is not turned on"
        raise InvalidParameterCombination(text)


def groups(backend: Any, ids: Iterable[str] | None) -> None:  # noqa: ANN401
    """Security groups have to be there.

    Raises:
        InvalidParameterValue: one is not.
    """
    ec2 = ec2_backends[backend.account_id][backend.region_name]
    for each in ids or ():
        if ec2.get_security_group_from_id(each) is None:
            raise InvalidParameterValue(f"Invalid security group , groupId= {each}, groupName=.")


def idle(database: Any, code: str, what: str) -> None:  # noqa: ANN401
    """What is at work takes no change.

    Raises:
        RDSClientError: it is at work.
    """
    if word := work.busy(database):
        raise RDSClientError(code, f"{what} is not in available state: it is {word}.")


def final(given: dict[str, Any]) -> None:
    """A deletion says what becomes of the data.

    Raises:
        InvalidParameterCombination: it says nothing, or both.
    """
    name, skip = given.get("final_db_snapshot_identifier"), given.get("skip_final_snapshot")
    if skip and name:
        text = "FinalDBSnapshotIdentifier can not be specified when deleting a DB with"
        raise InvalidParameterCombination(f"{text} SkipFinalSnapshot.")
    if not skip and not name:
        text = "FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified."
        raise InvalidParameterCombination(text)


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(each) for each in re.findall(r"\d+", text))
