"""An account with the buckets that samples name and do not make."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from moto.s3.models import s3_backends

from reconciler.sandbox.inprocess import Sandbox, sandbox

from .samples import PLACE
from .samples.exposure import zone
from .samples.network import standing

MODELS = "acme-test-models"


@pytest.fixture
def aws() -> Iterator[Sandbox]:
    with sandbox() as found:
        for name in ("acme-test-features", MODELS):
            s3_backends[PLACE.account][PLACE.partition].create_bucket(name, PLACE.region)
        s3_backends[PLACE.account][PLACE.partition].put_object(MODELS, "fraud.tar.gz", b"a model")
        standing()
        zone()
        yield found
