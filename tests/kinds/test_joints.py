"""What specs take from each other: the same names whatever a spec says, and no circles."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from engine.platform import environment, join, spec

from reconciler.compile import check, compiler
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.graph import Graph
from reconciler.specs import overlay
from reconciler.specs.source import parse

from .test_databases import ARN, FUNCTION, NETWORK, THERE, TWO
from .test_pulls import rest
from .world import World, problems

COLUMNS = "\ncolumns: {id: string, ts: timestamp}"
TABLE = f"\nformat: parquet\nschema: {{}}{COLUMNS}"
STORES = {
    "s3": "s3: {}",
    "s3-there": "s3: {existing: acme-there, prefix: p}",
    "s3-table": f"s3: {{}}{TABLE}",
    "dynamodb": f"dynamodb: {{partitionKey: id}}{COLUMNS}",
    "dynamodb-there": "dynamodb: {existing: there}",
    "kinesis": "kinesis: {}",
    "kinesis-there": "kinesis: {existing: there}",
    "rds": f"rds: {{{TWO}}}",
    "rds-there": f"rds: {{{THERE}}}",
    "redshift": f"redshift: {{{NETWORK}}}",
    "redshift-there": f"redshift: {{{THERE}}}",
    "kafka": f"kafka: {{topic: ab, {TWO}, {FUNCTION}}}",
    "kafka-there": f"kafka: {{topic: ab, existing: {{cluster: '{ARN}'}}, {FUNCTION}}}",
    "rest": rest(land="{to: s3, path: orders}"),
    "graphql": rest("graphql", land="{to: s3, path: orders}"),
}
GROUP = "recordId: id\neventTime: ts\nfeatures: {id: string, ts: string}\n"
FORMS: Mapping[str, Mapping[str, str]] = {
    "DataSource": STORES,
    "FeatureGroup": {
        "ours": f"{GROUP}offline: {{to: s3}}",
        "online": f"{GROUP}online: {{}}",
        "there": f"{GROUP}existing: there",
        "theirs": f"{GROUP}existing: 'arn:aws:sagemaker:eu-west-1:210987654321:feature-group/x'",
    },
    "ModelRegistry": {"bare": "{}", "with-files": "artifacts: {source: s3, path: m}"},
}


OF_ONE_STORE = {
    *("dataKeyArn", "dynamodb", "dynamodbArn", "dynamodbStreamArn", "readers", "stream"),
    *("events", "machineArn", "streamArn", "unkept"),
}
"""What no kind asks a DataSource for unless it knows that it is there."""


@pytest.mark.parametrize("kind", FORMS)
def test_every_form_of_a_kind_exports_the_same_names(kind: str) -> None:
    sources = {("DataSource", name): text for name, text in STORES.items()}
    world = World({**sources, **{(kind, name): text for name, text in FORMS[kind].items()}})
    given = {name: set(world.peer(kind, name)) for name in FORMS[kind]}
    every = set[str]().union(*given.values()) - OF_ONE_STORE
    assert {name: every - have for name, have in given.items() if every - have} == {}


def compiled(*documents: str) -> tuple[Graph, list[Diagnostic]]:
    found = parse(join(environment(), *documents), "platform.yaml").documents
    view, problems = overlay.resolve(found, "dev")
    assert view is not None, problems
    specs, problems = compiler.read(found, view)
    assert problems == []
    graph, told = compiler.build(specs, view)
    return graph, [each for each in told if each.is_error]


def source(name: str, text: str) -> str:
    return spec("DataSource", name, "".join(f"\n  {line}" for line in text.splitlines()))


def test_two_schemas_in_each_other_are_told_of_where_they_say_so() -> None:
    shared = [
        source(a, f"s3: {{}}{TABLE}".replace("{}\nc", f"{{in: {b}}}\nc")) for a, b in ("xy", "yx")
    ]
    _, found = compiled(*shared)
    assert [each.code for each in found] == ["SPEC030", "SPEC030"]
    assert {each.message for each in found} == {
        f"DataSource '{name}' takes it from where this looks for it" for name in "xy"
    }


@pytest.mark.parametrize(("column", "told"), [("id", []), ("ID", []), ("other", ["SPEC030"])])
def test_a_column_that_another_source_lacks_is_found(column: str, told: list[str]) -> None:
    checked = f"quality: {{columns: {{id: {{existsIn: {{source: x, column: {column}}}}}}}}}"
    _, found = compiled(source("x", f"s3: {{}}{TABLE}"), source("y", f"s3: {{}}{TABLE}\n{checked}"))
    assert [each.code for each in found] == told


@pytest.mark.parametrize("store", [name for name in STORES if not name.startswith("s3")])
def test_a_registry_has_its_models_in_a_bucket(store: str) -> None:
    registry = spec("ModelRegistry", "models", f"{{artifacts: {{source: {store}, path: m}}}}")
    _, found = compiled(source("s3", "s3: {}"), source(store, STORES[store]), registry)
    assert [each.code for each in found] == ["SPEC030"]


@pytest.mark.parametrize("existing", ["there", FORMS["FeatureGroup"]["theirs"].split("'")[1]])
def test_rows_go_into_a_group_that_somebody_else_manages(existing: str) -> None:
    world = World(
        {
            ("DataSource", "s3"): STORES["s3"],
            ("DataSource", "artifacts"): STORES["s3"],
            ("FeatureGroup", "there"): f"{GROUP}existing: '{existing}'",
            ("DataPipeline", "p"): "trigger: {manual: {}}\nsteps:\n"
            "  - {name: load, ingest: {into: there, from: {source: s3}}}",
        }
    )
    nodes = world.build("DataPipeline", "p")
    assert any(node.address.type == "AWS::Glue::Job" for node in nodes)


OTHER = "query: {sql: SELECT 2}, writes: {results: {source: s3, path: z}}"
STEPS_OF_ITEMS = {
    "glue": "glue: {script: jobs/a.py}, reads: {in: {source: s3}}, writes: {out: OUT}",
    "emr": "emr: {script: jobs/a.py}, reads: {in: {source: s3}}, writes: {out: OUT}",
    "http": "http: {source: rest, path: '/{item}'}",
    "ingest": "ingest: {into: there, from: {source: s3}}",
    "lambda": "lambda: {code: jobs/f, handler: a.b}, reads: {in: {source: s3}}",
    "quality": "quality: {of: checked}, writes: {good: OUT}",
    "query": "query: {sql: SELECT 1}, writes: {results: {source: s3, path: o}}",
}


@pytest.mark.parametrize("step", STEPS_OF_ITEMS)
@pytest.mark.parametrize(
    "around",
    [
        "map: {parameter: c, steps: [{name: a, STEP}]}",
        f"parallel: {{branches: {{one: [{{name: a, STEP}}], two: [{{name: z, {OTHER}}}]}}}}",
    ],
)
def test_every_step_may_stand_inside_of_another_one(step: str, around: str) -> None:
    out = "{source: s3, path: 'o/{item}'}" if "map" in around else "{source: s3, path: o}"
    text = STEPS_OF_ITEMS[step].replace("OUT", out)
    if "map" not in around:
        text = text.replace("/{item}", "/x")
    world = World(
        {
            ("DataSource", "s3"): STORES["s3"],
            ("DataSource", "artifacts"): STORES["s3"],
            ("DataSource", "rest"): STORES["rest"],
            (
                "DataSource",
                "checked",
            ): f"{STORES['s3-table']}\nquality: {{columns: {{id: {{complete: true}}}}}}",
            ("FeatureGroup", "there"): FORMS["FeatureGroup"]["ours"],
            ("DataPipeline", "p"): "trigger: {manual: {}}\nparameters: {c: [a, b]}\nsteps:\n"
            f"  - {{name: m, {around.replace('STEP', text)}}}",
        }
    )
    assert problems("DataPipeline", world.specs["DataPipeline", "p"]) == []
    assert world.build("DataPipeline", "p")
    assert [each for each in world.found if each.is_error] == []


@pytest.mark.parametrize("output", ["bucket", "table", "secretArn", "topic"])
def test_a_reference_to_what_a_spec_cannot_give_is_a_finding(output: str) -> None:
    body = "{type: AWS::SSM::Parameter, properties: {Name: n, Type: String, Value: V}}"
    asks = spec("Resource", "r", body.replace("V}", f"'${{ref:DataSource/clicks.{output}}}'}}"))
    graph, found = compiled(source("clicks", "kinesis: {}"), asks)
    assert [each.code for each in found] == ["RES005"]
    assert "'clicks' " in found[0].message
    assert check.problems(graph) is not None  # no rule meets what is no value
