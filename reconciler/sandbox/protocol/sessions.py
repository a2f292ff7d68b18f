"""Sessions of botocore that read AWS's service models once for this process: they are large."""

from __future__ import annotations

from functools import cache
from typing import Any

import boto3
import botocore.session


@cache
def _loader() -> Any:  # noqa: ANN401  (botocore's, untyped)
    return botocore.session.get_session().get_component("data_loader")


def core() -> botocore.session.Session:
    """A session of botocore's own."""
    made = botocore.session.get_session()
    made.register_component("data_loader", _loader())
    return made


def signed(key: str) -> boto3.Session:
    """A session that signs with a key, which is its own secret."""
    made = boto3.Session(aws_access_key_id=key, aws_secret_access_key=key, botocore_session=core())
    paths = _loader().search_paths  # to which each session adds boto3's own once more
    paths[:] = dict.fromkeys(paths)
    return made
