"""Glue's types as AWS has them: versions, engines' keys, partitions, indexes, targets."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from reconciler.aws.clock import FakeClock
from reconciler.aws.context import look_closer
from reconciler.aws.limiter import Limiter
from reconciler.aws.observe import observe
from reconciler.aws.session import Session
from reconciler.aws.single import Single
from reconciler.model.change import Action
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.event import StepFailed
from reconciler.model.graph import Node, build_graph
from reconciler.model.plan import Step
from reconciler.plan import order
from reconciler.resources.api import load
from reconciler.sandbox import beside
from reconciler.sandbox.inprocess import Sandbox

from .samples import PLACE
from .samples.catalog import BASE, avro, body, database, other, registry, ruleset, schema, table
from .test_lifecycle import ALL, carry_out

NAME = {"DatabaseName": BASE, "Name": "acme_test_orders_v1"}
WHERE = {"DatabaseName": BASE, "TableName": "acme_test_orders_v1"}
SCHEMA = {"SchemaId": {"RegistryName": "acme-test-orders", "SchemaName": "orders-v1"}}
Plan = Callable[..., tuple[list[Step], list[Diagnostic]]]


@pytest.fixture
def session(aws: Sandbox) -> Session:
    clock = FakeClock()
    return Session(aws, clock=clock, limiter=Limiter(clock, unlimited=True))


@pytest.fixture
def plan(session: Session) -> Plan:
    """Plan nodes with what adapters ask for besides; then the steps and findings."""

    def run(*nodes: Node) -> tuple[list[Step], list[Diagnostic]]:
        graph, problems = build_graph(nodes)
        assert problems == []
        live, found = observe(session, graph, load(), PLACE)
        waiting = order.pending(graph, live, load(), PLACE)
        live, more = look_closer(session, live, waiting, load(), Single(session, PLACE))
        draft = order.plan(graph, live, load(), PLACE, ALL)
        return draft.steps, [*found, *more, *draft.diagnostics]

    return run


@pytest.fixture
def run(session: Session, plan: Plan) -> Callable[..., list[str]]:
    """Apply nodes; why steps failed."""

    def turn(*nodes: Node) -> list[str]:
        steps, found = plan(*nodes)
        assert [each for each in found if each.is_error] == []
        return [each.message for each in carry_out(session, steps) if isinstance(each, StepFailed)]

    return turn


def node(sample: Any, **more: Any) -> Node:
    return Node(sample.address, sample.tagged({**sample.full, **more}))


def codes(found: list[Diagnostic]) -> list[str]:
    return [each.code for each in found]


# -- schemas


def of_schema(**more: Any) -> tuple[Node, Node]:
    return node(registry), node(schema, **more)


@pytest.mark.scenario("D09")
def test_a_new_definition_is_a_version_more_and_other_spaces_are_none(
    aws: Sandbox, run: Any, plan: Plan
) -> None:
    assert run(*of_schema()) == []
    spaced = json.dumps(dict(reversed(json.loads(avro("id")).items())), indent=4)
    assert plan(*of_schema(SchemaDefinition=spaced)) == ([], [])
    steps, _ = plan(*of_schema(SchemaDefinition=avro("id", "note")))
    assert [step.action for step in steps] == [Action.UPDATE]
    assert run(*of_schema(SchemaDefinition=avro("id", "note"))) == []
    assert aws.calls["glue.RegisterSchemaVersion"] == 1
    assert aws.calls["glue.CreateSchema"] == 1
    assert aws.client("glue").get_schema(**SCHEMA)["LatestSchemaVersion"] == 2
    steps, found = plan(*of_schema(Compatibility="NONE"))  # back to the first: it is there
    assert [call.method for step in steps for call in step.calls] == ["update_schema"]
    assert "SCHEMA002" in codes(found)


@pytest.mark.scenario("D11")
@pytest.mark.parametrize(
    ("mode", "methods"),
    [
        ("FULL", ["register_schema_version", "update_schema"]),
        ("NONE", ["update_schema", "register_schema_version"]),
    ],
)
def test_a_mode_goes_with_the_checkpoint_and_in_order(
    aws: Sandbox, run: Any, plan: Plan, mode: str, methods: list[str]
) -> None:
    assert run(*of_schema()) == []
    wanted = of_schema(Compatibility=mode, SchemaDefinition=avro("id", "note"))
    steps, found = plan(*wanted)
    calls = [call for step in steps for call in step.calls]
    assert [call.method for call in calls] == methods
    (update,) = (call for call in calls if call.method == "update_schema")
    assert update.params["SchemaVersionNumber"] == {"VersionNumber": 1}
    (note,) = (each for each in found if each.code == "SCHEMA002")
    assert "not checked again" in note.message
    assert ("before" if mode == "NONE" else "after") in note.message
    assert run(*wanted) == []
    assert aws.client("glue").get_schema(**SCHEMA)["Compatibility"] == mode


def test_an_edit_that_breaks_readers_is_found_against_the_live_registry(
    run: Any, plan: Plan
) -> None:
    assert run(*of_schema(SchemaDefinition=avro("id", "note"))) == []
    steps, found = plan(*of_schema(SchemaDefinition=avro("id")))
    (error,) = (each for each in found if each.is_error)
    assert (error.code, steps) == ("SCHEMA001", [])
    assert "version 1" in error.message
    assert "'note' is dropped" in error.message
    assert plan(*of_schema(SchemaDefinition=avro("id"), Compatibility="NONE"))[0] != []


def test_a_version_that_fails_awss_check_fails_the_step_and_stays_a_difference(
    aws: Sandbox, run: Any, plan: Plan
) -> None:
    """AWS's registry has the last word: here it finds more than our own check does."""
    assert run(*of_schema()) == []
    glue = aws.client("glue")
    glue.register_schema_version(**SCHEMA, SchemaDefinition=avro("id", "note"))
    for each in beside.backends.values():
        for records in (where.records for where in each.values()):
            for record in records.get(("glue", "schema"), {}).values():
                record.data["versions"][-1] |= {"Status": "FAILURE"}
    wanted = of_schema(SchemaDefinition=avro("id", "note"))
    (failed,) = run(*wanted)
    assert "FAILURE" in failed
    assert [step.action for step in plan(*wanted)[0]] == [Action.UPDATE]


# -- tables


def of_table(**more: Any) -> tuple[Node, Node]:
    made = node(table, TableInput=body(**more))
    return node(database), Node(made.address, {k: v for k, v in made.props.items() if k in KEPT})


KEPT = {"CatalogId", "DatabaseName", "TableInput"}


def columns(**types: str) -> dict[str, Any]:
    listed = [{"Name": name, "Type": type_} for name, type_ in types.items()]
    return {"Location": "s3://acme/orders/", "Columns": listed}


@pytest.mark.scenario("D55")
def test_what_engines_keep_of_an_iceberg_table_survives(aws: Sandbox, run: Any, plan: Plan) -> None:
    iceberg = {"IcebergInput": {"MetadataOperation": "CREATE", "Version": "2"}}
    parameters = {"classification": "iceberg"}
    base, made = of_table(PartitionKeys=[], Parameters=parameters)
    first = Node(made.address, {**made.props, "OpenTableFormatInput": iceberg})
    assert run(base, first) == []
    glue = aws.client("glue")
    live = glue.get_table(**NAME)["Table"]["Parameters"]
    assert {"metadata_location", "table_type"} <= live.keys()
    assert plan(base, first) == ([], [])
    told = Node(
        made.address,
        {**first.props, "TableInput": {**made.props["TableInput"], "Description": "All."}},
    )
    steps, _ = plan(base, told)
    (call,) = steps[0].calls
    assert call.params["VersionId"] == "0"
    assert {"metadata_location", "table_type"} <= call.params["TableInput"]["Parameters"].keys()
    with pytest.raises(Exception, match="ConcurrentModification"):  # an engine was there before
        glue.update_table(**{k: v for k, v in call.params.items() if k != "VersionId"},
                          VersionId="7")  # fmt: skip
    assert run(base, told) == []
    assert glue.get_table(**NAME)["Table"]["Parameters"] == live | parameters
    _, found = plan(*(of_table(PartitionKeys=[], StorageDescriptor=columns(id="string"))))
    assert "GLUE002" in codes([each for each in found if each.is_error])


@pytest.mark.scenario("D56")
def test_partitions_of_an_old_type_are_written_before_the_table(
    aws: Sandbox, run: Any, plan: Plan
) -> None:
    old, new = columns(id="string", price="int"), columns(id="string", price="bigint")
    assert run(*of_table(StorageDescriptor=old)) == []
    glue = aws.client("glue")
    for start in range(0, 250, 100):
        listed = [
            {
                "Values": [f"d{each}", "de"],
                "StorageDescriptor": {**old, "Location": f"s3://x/{each}"},
            }
            for each in range(start, min(start + 100, 250))
        ]
        assert glue.batch_create_partition(**WHERE, PartitionInputList=listed)["Errors"] == []
    steps, found = plan(*of_table(StorageDescriptor=new))
    assert [call.method for call in steps[0].calls] == [
        *["batch_update_partition"] * 3, "update_table",
    ]  # fmt: skip
    assert [len(call.params["Entries"]) for call in steps[0].calls[:3]] == [100, 100, 50]
    (note,) = (each for each in found if each.code == "GLUE003")
    assert "250 of 250 partitions" in note.message
    first = steps[0].calls[0]
    glue.batch_update_partition(**first.params)  # the apply ends here
    _, found = plan(*of_table(StorageDescriptor=new))
    assert "150 of 250 partitions" in next(it.message for it in found if it.code == "GLUE003")
    assert run(*of_table(StorageDescriptor=new)) == []
    pages = glue.get_paginator("get_partitions").paginate(**WHERE)
    types = {p["StorageDescriptor"]["Columns"][1]["Type"] for q in pages for p in q["Partitions"]}
    assert types == {"bigint"}
    places = glue.get_partition(**WHERE, PartitionValues=["d7", "de"])
    assert places["Partition"]["StorageDescriptor"]["Location"] == "s3://x/7"
    more = columns(id="string", price="bigint", note="string")
    steps, found = plan(*of_table(StorageDescriptor=more))
    assert [call.method for call in steps[0].calls] == ["update_table"]
    _, found = plan(*of_table(StorageDescriptor=old))
    assert "GLUE001" in codes([each for each in found if each.is_error])
    keys = [{"Name": "day", "Type": "string"}]
    _, found = plan(*of_table(StorageDescriptor=new, PartitionKeys=keys))
    assert "GLUE004" in codes([each for each in found if each.is_error])


@pytest.mark.scenario("D56")
def test_computed_partitions_are_not_asked_for(aws: Sandbox, run: Any, plan: Plan) -> None:
    on = {"classification": "parquet", "projection.enabled": "true", "projection.day.type": "enum"}
    assert run(*of_table(Parameters=on, StorageDescriptor=columns(price="int"))) == []
    steps, found = plan(*of_table(Parameters=on, StorageDescriptor=columns(price="bigint")))
    assert ([call.method for call in steps[0].calls], found) == (["update_table"], [])
    assert "glue.GetPartitions" not in aws.calls
    off = {"classification": "parquet", "projection.enabled": "false"}
    assert run(*of_table(Parameters=off, StorageDescriptor=columns(price="bigint"))) == []
    live = aws.client("glue").get_table(**NAME)["Table"]["Parameters"]
    assert "projection.day.type" not in live


@pytest.mark.scenario("D60")
def test_indexes_are_made_one_after_another_and_anew(aws: Sandbox, run: Any, plan: Plan) -> None:
    assert run(node(database), node(table)) == []

    def indexed(**keys: list[str]) -> Node:
        listed = [{"IndexName": name, "Keys": key} for name, key in keys.items()]
        return node(table, PartitionIndexes=listed)

    three = indexed(by_day=["day"], by_land=["land"], by_both=["day", "land"])
    _, found = plan(node(database), three)
    assert "STAGE001" in codes(found)
    assert run(node(database), three) == []
    glue = aws.client("glue")
    listed = glue.get_partition_indexes(**WHERE)["PartitionIndexDescriptorList"]
    assert {each["IndexStatus"] for each in listed} == {"ACTIVE"}
    assert run(node(database), indexed(by_day=["land", "day"])) == []
    (one,) = glue.get_partition_indexes(**WHERE)["PartitionIndexDescriptorList"]
    assert [key["Name"] for key in one["Keys"]] == ["land", "day"]
    assert plan(node(database), indexed(by_day=["land", "day"]))[0] == []


# -- rulesets


@pytest.mark.scenario("D61")
def test_another_table_means_another_ruleset_and_another_text_does_not(
    aws: Sandbox, run: Any, plan: Plan
) -> None:
    base = (node(database), node(table), node(other))
    assert run(*base, node(ruleset)) == []
    spaced = ruleset.full["Ruleset"].replace("\n", "   ")
    assert plan(*base, node(ruleset, Ruleset=spaced)) == ([], [])
    steps, _ = plan(*base, node(ruleset, Ruleset='Rules = [IsUnique "id"]'))
    assert [call.method for call in steps[0].calls] == ["update_data_quality_ruleset"]
    moved = node(ruleset, **ruleset.breaks[0])
    steps, _ = plan(*base, moved)
    assert [step.action for step in steps] == [Action.DELETE, Action.REPLACE]
    assert run(*base, moved) == []
    live = aws.client("glue").get_data_quality_ruleset(Name="acme-test-orders")
    assert live["TargetTable"]["TableName"] == "acme_test_other_v1"


def test_a_run_on_the_catalog_tells_of_rules_and_that_it_is_ours(aws: Sandbox, run: Any) -> None:
    s3, glue = aws.client("s3"), aws.client("glue")
    where = {"LocationConstraint": "eu-west-1"}
    s3.create_bucket(Bucket="acme", CreateBucketConfiguration=where)
    s3.put_object(Bucket="acme", Key="orders/a.json", Body=b'{"id": "1"}\n{"id": null}\n')
    csv = {"classification": "json", "projection.enabled": "false"}
    base, made = of_table(Parameters=csv)
    assert run(base, made, node(ruleset)) == []
    source = {"GlueTable": {"DatabaseName": BASE, "TableName": NAME["Name"]}}
    begun = glue.start_data_quality_ruleset_evaluation_run(
        DataSource=source,
        Role="arn:aws:iam::123456789012:role/x",
        RulesetNames=["acme-test-orders"],
    )
    for _ in range(9):
        found = glue.get_data_quality_ruleset_evaluation_run(RunId=begun["RunId"])
        if found["Status"] != "RUNNING":
            break
    assert found["Status"] == "SUCCEEDED"
    result = glue.get_data_quality_result(ResultId=found["ResultIds"][0])
    assert (result["Score"], result["RuleResults"][0]["Result"]) == (0.0, "FAIL")
    assert "not by AWS" in result["EvaluationContext"]


def test_tables_and_databases_fold_names_and_go_together(aws: Sandbox) -> None:
    glue = aws.client("glue")
    glue.create_database(DatabaseInput={"Name": "Upper"}, Tags={"a": "b"})
    arn = "arn:aws:glue:eu-west-1:123456789012:database/upper"
    assert glue.get_tags(ResourceArn=arn)["Tags"] == {"a": "b"}
    glue.create_table(DatabaseName="upper", TableInput={"Name": "T"})
    assert glue.get_table(DatabaseName="UPPER", Name="t")["Table"]["VersionId"] == "0"
    glue.delete_database(Name="upper")
    with pytest.raises(glue.exceptions.EntityNotFoundException):
        glue.get_tables(DatabaseName="upper")
    glue.create_database(DatabaseInput={"Name": "upper"})
    assert glue.get_tables(DatabaseName="upper")["TableList"] == []


def test_what_is_edited_or_deleted_by_hand_is_seen(aws: Sandbox, run: Any, plan: Plan) -> None:
    wanted = (
        *of_schema(),
        node(database),
        node(table),
        Node(ruleset.address, ruleset.tagged(ruleset.full)),
    )
    assert run(*wanted) == []
    glue = aws.client("glue")
    glue.update_table(
        DatabaseName=BASE, TableInput={**body(), "Description": "By hand."}, SkipArchive=True
    )
    glue.update_database(Name=BASE, DatabaseInput={"Name": BASE, "Description": "By hand."})
    glue.update_registry(RegistryId={"RegistryName": "acme-test-orders"}, Description="By hand.")
    glue.update_schema(**SCHEMA, Description="By hand.")
    glue.update_data_quality_ruleset(Name="acme-test-orders", Ruleset="Rules = [RowCount > 9]")
    steps, found = plan(*wanted)
    assert [each for each in found if each.is_error] == []
    assert {step.action for step in steps} == {Action.UPDATE}
    assert len(steps) == len(wanted)
    assert run(*wanted) == []
    assert plan(*wanted)[0] == []
    glue.delete_data_quality_ruleset(Name="acme-test-orders")
    glue.delete_registry(RegistryId={"RegistryName": "acme-test-orders"})
    glue.delete_database(Name=BASE)
    steps, _ = plan(*wanted)
    assert {step.action for step in steps} == {Action.CREATE}
    assert len(steps) == len(wanted)
    assert run(*wanted) == []
    assert plan(*wanted)[0] == []
