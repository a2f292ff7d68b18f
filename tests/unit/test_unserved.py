"""Which failed endpoints never served, from what DescribeEndpoint and their tags say."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.model.change import Observed
from reconciler.resources.sagemaker import unserved

NONE = {"VariantName": "a", "CurrentInstanceCount": 0, "DesiredInstanceCount": 1}
SERVERLESS = {"MemorySizeInMB": 1024, "MaxConcurrency": 1}
ROWS: dict[str, tuple[Any, Any, bool]] = {
    "no instance ever": ([NONE], {}, True),
    "none of any variant": ([NONE, {**NONE, "VariantName": "b"}], {"a": "b"}, True),
    "one of one variant": ([NONE, {**NONE, "CurrentInstanceCount": 1}], {}, False),
    "an answer without variants": (None, {}, False),
    "no variant at all": ([], {}, False),
    "a variant without a count": ([{"VariantName": "a"}], {}, False),
    "a count that is none": ([{**NONE, "CurrentInstanceCount": None}], {}, False),
    "serverless": ([{**NONE, "CurrentServerlessConfig": SERVERLESS}], {}, False),
    "to be serverless": ([{**NONE, "DesiredServerlessConfig": SERVERLESS}], {}, False),
    "scales to zero": ([{**NONE, "ManagedInstanceScaling": {"Status": "ENABLED"}}], {}, False),
    "from pools": ([{**NONE, "InstancePools": [{"InstanceType": "ml.m5.large"}]}], {}, False),
    "updated once": ([NONE], {"moorline:attempted": "config-2"}, False),
    "tags nobody could read": ([NONE], None, False),
}


@pytest.mark.parametrize(("variants", "tags", "never"), ROWS.values(), ids=ROWS)
def test_what_proves_that_it_never_served(variants: Any, tags: Any, never: bool) -> None:
    outputs = {} if variants is None else {"ProductionVariants": variants}
    assert unserved.proven(Observed({}, outputs, tags=tags)) is never


def test_an_asynchronous_one_keeps_requests_without_an_instance() -> None:
    outputs = {"ProductionVariants": [NONE], "AsyncInferenceConfig": {"OutputConfig": {}}}
    assert not unserved.proven(Observed({}, outputs, tags={}))
