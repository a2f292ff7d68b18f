"""A type that moto lacks, by one file: found, answered, in snapshots and in the tagging API."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from reconciler.sandbox import beside, found
from reconciler.sandbox.door import names, unseen
from reconciler.sandbox.inprocess import sandbox
from reconciler.sandbox.protocol.own import SERVICES
from reconciler.sandbox.services.sagemaker import register
from reconciler.sandbox.state import snapshot

TEMPLATE = Path(__file__).parents[2] / "docs" / "extending" / "type_sandbox.py"
PACKAGE = "beside_a_type"


@pytest.fixture
def athena(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A client of a service that one file serves, put there for this test."""
    (tmp_path / PACKAGE).mkdir()
    (tmp_path / PACKAGE / "__init__.py").touch()
    shutil.copy(TEMPLATE, tmp_path / PACKAGE / "data_catalog.py")
    monkeypatch.syspath_prepend(tmp_path)
    found.modules.cache_clear()
    with sandbox() as aws:
        beside.install(PACKAGE)
        try:
            yield aws
        finally:
            SERVICES.pop("athena")
            beside._TABLES.pop("athena")


def test_a_file_answers_before_moto_and_is_checked_by_botocores_shapes(athena: Any) -> None:
    client = athena.client("athena")
    client.create_data_catalog(Name="acme", Type="GLUE", Tags=[{"Key": "team", "Value": "a"}])
    assert client.get_data_catalog(Name="acme")["DataCatalog"]["Type"] == "GLUE"
    client.update_data_catalog(Name="acme", Type="LAMBDA")
    assert client.list_data_catalogs()["DataCatalogsSummary"][0]["Type"] == "LAMBDA"
    with pytest.raises(ClientError, match="was not found"):
        client.get_data_catalog(Name="other")
    assert athena.calls["athena.GetDataCatalog"] == 2


def test_its_records_are_in_the_tagging_api_and_in_snapshots(athena: Any) -> None:
    client, tagging = athena.client("athena"), athena.client("resourcegroupstaggingapi")
    client.create_data_catalog(Name="acme", Type="GLUE", Tags=[{"Key": "team", "Value": "a"}])

    def tagged() -> list[str]:
        answer = tagging.get_resources(TagFilters=[{"Key": "team", "Values": ["a"]}])
        return [each["ResourceARN"].rpartition(":")[2] for each in answer["ResourceTagMappingList"]]

    assert tagged() == ["datacatalog/acme"]
    state = snapshot.take()
    client.delete_data_catalog(Name="acme")
    assert tagged() == []
    snapshot.put_back(state)
    assert tagged() == ["datacatalog/acme"]
    elsewhere = athena.client("athena", "us-east-1")
    assert elsewhere.list_data_catalogs()["DataCatalogsSummary"] == []


def test_what_files_say_is_found_and_nothing_twice() -> None:
    operations = found.declared("OPERATIONS", register.PACKAGE)
    every = [name for each in operations for name in each]
    assert len(every) == len(set(every)) == len(register.operations())
    roles = [name for each in found.declared("ROLES") for name in each]
    assert len(roles) == len(set(roles))
    assert {"CreateModel", "CreateFeatureGroup", "CreatePipeline"} <= set(roles)
    assert {"sagemaker", "s3", "iam", "kms", "sns", "cloudwatch", "budgets"} <= names.services()
    assert unseen.answer("sagemaker.CreateFeatureGroup", "s3") is not None
    assert unseen.answer("cloudwatch.PutMetricAlarm", "sns") is None
