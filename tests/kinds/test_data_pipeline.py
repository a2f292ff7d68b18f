"""DataPipeline: what it says wrongly, what it compiles to, and what its roles may do."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.compile.check import problems as judged
from reconciler.kinds.api import load
from reconciler.kinds.peers import LackingError
from reconciler.model.address import Address
from reconciler.model.graph import Graph, Node
from reconciler.model.value import Join, JsonText, Ref, to_json
from reconciler.policy.api import Grounds
from reconciler.policy.schedules import find as schedules

from .world import World, problems, spec_of

DATA = {
    ("DataSource", "artifacts"): "s3: {}",
    ("DataSource", "raw"): "s3: {events: true}\nformat: parquet",
    ("DataSource", "silent"): "s3: {}",
    ("DataSource", "lake"): "s3: {key: {security: core, key: data}}",
    ("Security", "core"): "keys: {data: {description: Data.}}",
    ("FeatureGroup", "customer"): load()["FeatureGroup"].example,
}
GLUE = "glue: {script: jobs/a.py}"
READ = "reads: {in: {source: raw}}"
WRITE = "writes: {out: {source: lake, path: a}}"


def pipeline(*steps: str, head: str = "trigger: {manual: {}}") -> str:
    return "\n".join((head, "steps:", *(f"  - {{{step}}}" for step in steps)))


def built(text: str) -> tuple[World, list[Node]]:
    world = World({**DATA, ("DataPipeline", "p"): text})
    return world, world.build("DataPipeline", "p")


def machine(nodes: list[Node]) -> dict[str, Any]:
    (node,) = (each for each in nodes if each.address.type.endswith("::StateMachine"))
    text = node.props["DefinitionString"]
    assert isinstance(text, JsonText)
    return text.document["States"]


def role(nodes: list[Node], name: str) -> list[dict[str, Any]]:
    address = Address("AWS::IAM::Role", f"acme-test-p-{name}")
    (node,) = (each for each in nodes if each.address == address)
    return node.props["Policies"][0]["PolicyDocument"]["Statement"]


def allowed(statements: list[dict[str, Any]], action: str) -> list[Any]:
    return [on for each in statements if action in each["Action"] for on in each["Resource"]]


def plain(value: Any) -> str:
    parts = value.parts if isinstance(value, Join) else (value,)
    return "".join(f"<{it.target.name}.{it.output}>" if isinstance(it, Ref) else it for it in parts)


# -- what cannot be


@pytest.mark.parametrize(
    ("step", "path", "text"),
    [
        (f"name: a, {GLUE}, reads: {{in: b.out}}", "reads.in.from", "no step writes 'b.out'"),
        (f"name: a, {GLUE}, reads: {{in: a.out}}, {WRITE}", "reads.in.from", "has not ended"),
        (f"name: a, {GLUE}, reads: {{in: {{path: x}}}}", "reads.in", "give one of"),
        ("name: a, glue: {script: jobs/a.py, version: '2.0'}", "glue.version", "has ended"),
        ("name: a, glue: {script: jobs/a.py, version: '5.7'}", "glue.version", "does not exist"),
        ("name: a, glue: {script: jobs/a.py, worker: G.3X}", "glue.worker", "no worker type"),
        ("name: a, glue: {script: jobs/a.py, worker: G.12X, version: '3.0'}", "glue.worker",
         "needs Glue 4.0"),
        ("name: a, glue: {script: jobs/a.py, worker: Z.2X}", "glue.worker", "Ray"),
        ("name: a, lambda: {code: f, handler: a.b, runtime: python3.8}", "lambda.runtime",
         "no function with"),
        ("name: a, lambda: {code: f}", "lambda", "needs a 'handler'"),
        ("name: a, lambda: {code: f, handler: a.b}, timeout: 20m", "timeout", "15m at most"),
        ("name: a, emr: {script: a.py, release: emr-6.5.0}", "emr.release", "begins with"),
        ("name: a, emr: {script: a.py, release: latest}", "emr.release", "no release"),
        ("name: a, emr: {script: a.py, driver: {cores: 3}}", "emr.driver", "no worker of 3"),
        ("name: a, emr: {script: a.py, driver: {memory: 64GiB}}", "emr.driver", "8 to 30 GB"),
        ("name: a, emr: {script: a.py, capacity: {cores: 4, memory: 48GiB}}", "emr.capacity.cores",
         "needs 8 vCPUs"),
        ("name: a, query: {sql: select 1}", "query", "Athena writes"),
        ("name: a, query: {}, writes: {results: {source: lake, path: r}}", "query", "give one of"),
        ("name: a, query: {sql: select 1}, writes: {results: {source: lake, path: 'r/{day}'}}",
         "writes.results.path", "to one place"),
        ("name: a, quality: {of: raw}", "quality", "no place for good rows"),
        ("name: a, http: {source: raw}, timeout: 2m", "timeout", "60s at most"),
        ("name: a, http: {source: raw, method: get, body: {a: b}}", "http.body", "has no body"),
        ("name: a, map: {steps: [{name: b, " + GLUE + "}]}", "map", "give one of"),
        (f"name: a, {GLUE}, writes: {{out: {{source: lake, path: '{{days}}'}}}}",
         "writes.out.path", "no placeholder"),
        (f"name: a, {GLUE}, writes: {{out: {{source: lake, path: '{{parameters.x}}'}}}}",
         "writes.out.path", "no parameter 'x'"),
        (f"name: a, {GLUE}, writes: {{out: {{source: lake, path: 'x/{{item}}'}}}}",
         "writes.out.path", "inside of 'map'"),
    ],
    ids=str,
)  # fmt: skip
def test_what_a_step_says_wrongly_is_said_at_its_place(step: str, path: str, text: str) -> None:
    found = problems("DataPipeline", pipeline(step))
    said = {".".join(each.path): each.message for each in found}
    assert f"steps.0.{path}" in said, said
    assert text in said[f"steps.0.{path}"]


@pytest.mark.parametrize(
    ("head", "path"),
    [
        ("trigger: {}", "trigger"),
        ("trigger: {manual: {}, schedule: rate(1 hour)}", "trigger"),
        ("trigger: {manual: {}, timezone: UTC}", "trigger.timezone"),
        ("trigger: {manual: {}}\nstate: paused", "state"),
    ],
)
def test_a_trigger_that_cannot_be(head: str, path: str) -> None:
    found = problems("DataPipeline", pipeline(f"name: a, {GLUE}", head=head))
    assert path in {".".join(each.path) for each in found}


def test_two_steps_of_one_name_and_data_of_a_branch_beside() -> None:
    inner = f"{{x: [{{name: a, {GLUE}, {WRITE}}}], y: [{{name: b, {GLUE}, reads: {{in: a.out}}}}]}}"
    found = problems("DataPipeline", pipeline(f"name: b, parallel: {{branches: {inner}}}"))
    said = {".".join(each.path): each.code for each in found}
    assert said == {
        "steps.0.parallel.branches.y.0.name": "SPEC020",
        "steps.0.parallel.branches.y.0.reads.in.from": "PIPE001",
    }


@pytest.mark.parametrize(
    ("steps", "text"),
    [
        ((f"name: machine, {GLUE}",), "of its own"),
        ((f"name: aB, {GLUE}", f"name: ab, {GLUE}"), "in whichever case"),
        (("name: a, map: {parameter: days, steps: [{name: b, " + GLUE + "}]}",), "that is a list"),
    ],
)
def test_names_that_would_be_those_of_something_else(steps: tuple[str, ...], text: str) -> None:
    (found,) = problems("DataPipeline", pipeline(*steps))
    assert text in found.message


def test_new_data_of_a_bucket_that_tells_nobody() -> None:
    head = "trigger: {newData: {source: silent}}"
    world, _ = built(pipeline(f"name: a, {GLUE}", head=head))
    assert ["tells nobody" in each.message for each in world.found] == [True]


@pytest.mark.parametrize(
    ("expression", "zone", "wrong"),
    [
        ("cron(15 2 * * ? *)", "Europe/Berlin", False),
        ("cron(0 10 31 2 ? *)", "UTC", True),
        ("cron(15 2 * * *)", "UTC", True),
        ("every day", "UTC", True),
        ("rate(6 hours)", "Europe/Berlim", True),
    ],
)
def test_a_schedule_that_never_fires_is_a_finding_at_its_line(
    expression: str, zone: str, wrong: bool
) -> None:
    head = f"trigger: {{schedule: {expression}, timezone: {zone}}}"
    _, nodes = built(pipeline(f"name: a, {GLUE}", head=head))
    graph = Graph({node.address: node for node in nodes})
    found = [*schedules(graph, Grounds())]
    assert bool(found) is wrong
    assert all(str(each.at).startswith("DataPipeline/p/trigger/") for each in found)


# -- what it compiles to


def test_a_step_reads_where_the_one_before_has_written() -> None:
    path = "writes: {out: {source: lake, path: 'a/day={day}'}}"
    text = pipeline(f"name: a, {GLUE}, {READ}, {path}", f"name: b, {GLUE}, reads: {{in: a.out}}")
    _, nodes = built(text)
    states = machine(nodes)
    one, other = (states[each]["Parameters"]["Arguments"] for each in "ab")
    assert one["--out.$"] == other["--in.$"]
    said = plain(one["--out.$"])
    assert (
        said
        == "States.Format('s3://<acme-test-lake-123456789012.BucketName>/a/day={}', $.moment.day)"
    )
    writes = [plain(each) for each in allowed(role(nodes, "a"), "s3:PutObject")]
    assert writes == ["<acme-test-lake-123456789012.Arn>/a/day=*/*"]
    assert not allowed(role(nodes, "b"), "s3:PutObject")
    assert states["a"]["Next"] == "b"
    assert states["b"]["Next"] == "moorline-done"


API = """
rest:
  url: https://api.scheme.example
  auth: {apiKey: {header: X-Api-Key, secretName: partners/scheme, member: token}}
  headers: {X-Client: acme}
  items: $.data
  pages: {single: {}}
  land: {to: lake, path: api}
columns: {id: string}
"""


def test_a_call_goes_to_the_address_and_with_the_connection_of_its_source() -> None:
    step = "name: ask, http: {source: api, path: '/v1/{day}', method: post, body: {a: b}}"
    world = World({**DATA, ("DataSource", "api"): API, ("DataPipeline", "p"): pipeline(step)})
    nodes = world.build("DataPipeline", "p")
    assert world.found == []
    asked = machine(nodes)["ask"]["Parameters"]
    connection = Ref(Address("AWS::Events::Connection", "acme-test-api"), "Arn")
    assert asked["Authentication"] == {"ConnectionArn": connection}
    assert asked["ApiEndpoint.$"] == (
        "States.Format('https://api.scheme.example/v1/{}', $.moment.day)"
    )
    assert asked["Headers"] == {"X-Client": "acme"}
    assert allowed(role(nodes, "machine"), "events:RetrieveConnectionCredentials") == [connection]
    (secret,) = allowed(role(nodes, "machine"), "secretsmanager:GetSecretValue")
    assert "secret:events!connection/acme-test-api/*" in str(secret)


def test_a_call_to_what_is_no_interface_is_a_finding() -> None:
    text = pipeline("name: ask, http: {source: raw}")
    with pytest.raises(LackingError, match="no interface"):
        built(text)


@pytest.mark.scenario("D50")
def test_a_job_that_has_all_its_runs_is_waited_for_apart_from_its_failures() -> None:
    step = "name: a, retries: 2, glue: {script: jobs/a.py, maxRuns: 3}"
    _, nodes = built(pipeline(step))
    retries = machine(nodes)["a"]["Retry"]
    assert retries[0]["ErrorEquals"] == ["Glue.ConcurrentRunsExceededException"]
    assert (retries[-1]["ErrorEquals"], retries[-1]["MaxAttempts"]) == (["States.TaskFailed"], 2)
    (job,) = (each for each in nodes if each.address.type == "AWS::Glue::Job")
    assert job.props["ExecutionProperty"] == {"MaxConcurrentRuns": 3}


@pytest.mark.scenario("D50")
def test_a_map_over_a_job_with_fewer_runs_is_a_warning_with_both_numbers() -> None:
    inner = "{name: b, glue: {script: jobs/a.py, maxRuns: 2}}"
    step = f"name: a, map: {{items: [x, y, z, w, v], maxParallel: 4, steps: [{inner}]}}"
    world, _ = built(pipeline(step))
    (found,) = world.found
    assert str(found.severity) == "warning"
    assert "4" in found.message
    assert "2" in found.message


RULED = """s3: {}
format: parquet
schema: {}
columns: {id: string}
quality: {columns: {id: {complete: true}}}"""


@pytest.mark.parametrize(
    ("bad", "place", "where"),
    [
        ("bad/day={day}", "bad/day={}", "$.moment.day, "),
        ("{day}/bad", "{}/bad", "$.moment.day, "),
        ("a{{b}}/bad", r"a\{b\}/bad", ""),
        ("bad", "bad", ""),
    ],
)
def test_counts_lie_in_the_place_of_a_run_by_its_step(bad: str, place: str, where: str) -> None:
    step = f"writes: {{good: {{source: lake, path: g}}, bad: {{source: lake, path: '{bad}'}}}}"
    world = World(
        {
            **DATA,
            ("DataSource", "ruled"): RULED,
            ("DataPipeline", "p"): pipeline(f"name: q, quality: {{of: ruled}}, {step}"),
        }
    )
    states = machine(world.build("DataPipeline", "p"))
    key = states["q counts"]["Parameters"]["Key.$"]
    assert key == f"States.Format('{place}/_counts/{{}}-q.json', {where}$$.Execution.Name)"
    told = plain(states["q"]["Parameters"]["Arguments"]["--counts.$"])
    assert told.endswith(key.removeprefix("States.Format('"))
    assert "_counts" not in plain(states["q"]["Parameters"]["Arguments"].get("--bad.$", ""))


def test_what_is_put_aside_for_items_is_kept_apart() -> None:
    inner = "name: load, ingest: {into: customer, from: {source: raw, path: 'x/{item}'}}"
    _, nodes = built(pipeline(f"name: m, map: {{items: [a, b], steps: [{{{inner}}}]}}"))
    load = machine(nodes)["m"]["ItemProcessor"]["States"]["load"]["Parameters"]["Arguments"]
    assert plain(load["--failed.$"]).endswith("failed/p/load/{}', $.item)")
    query = "name: q, query: {sql: SELECT 1}, writes: {results: {source: lake, path: r}}"
    found = problems(
        "DataPipeline", pipeline(f"name: m, map: {{items: [a], steps: [{{{query}}}]}}")
    )
    assert not [each for each in found if "same place" in each.message]


@pytest.mark.parametrize("path", ["@evil.example/x", ".evil.example", "v1", "{day}", "/a*", "/a?b"])
def test_a_path_of_a_call_never_leads_to_another_host(path: str) -> None:
    spec, _ = spec_of("DataPipeline", pipeline(f"name: a, http: {{source: raw, path: '{path}'}}"))
    assert spec is None


@pytest.mark.scenario("D47")
def test_permissions_fit_how_each_service_is_waited_for() -> None:
    emr = f"name: e, emr: {{script: a.py}}, {READ}"
    query = "name: q, query: {sql: select 1}, writes: {results: {source: lake, path: results}}"
    _, nodes = built(pipeline(emr, query, f"name: g, {GLUE}"))
    told = role(nodes, "machine")
    (rule,) = allowed(told, "events:PutRule")
    assert rule.endswith(":rule/StepFunctionsGetEventsForEMRServerlessJobRule")
    for action in ("emr-serverless:GetJobRun", "emr-serverless:CancelJobRun", "glue:GetJobRun",
                   "glue:BatchStopJobRun", "athena:StopQueryExecution"):  # fmt: skip
        assert allowed(told, action), action
    (passed,) = allowed(told, "iam:PassRole")
    assert passed.target.name == "acme-test-p-e"


@pytest.mark.scenario("D48")
def test_athena_writes_its_results_with_arns_and_never_with_uris() -> None:
    step = (
        f"name: q, query: {{sql: select 1}}, {READ}, writes: {{results: {{source: lake, path: r}}}}"
    )
    _, nodes = built(pipeline(step))
    told = role(nodes, "machine")
    for action in ("s3:PutObject", "s3:GetObject", "s3:AbortMultipartUpload",
                   "s3:ListMultipartUploadParts"):  # fmt: skip
        assert "<acme-test-lake-123456789012.Arn>/r/*" in map(plain, allowed(told, action))
    for action in ("s3:GetBucketLocation", "s3:ListBucket"):
        assert "<acme-test-lake-123456789012.Arn>" in map(plain, allowed(told, action))
    assert any(isinstance(each, Ref) for each in allowed(told, "kms:GenerateDataKey"))
    every = [plain(on) for each in told for on in each["Resource"]]
    assert not [each for each in every if each.startswith("s3:")]


@pytest.mark.scenario("D77")
def test_what_cannot_fit_at_a_time_is_said_with_the_dimension() -> None:
    size = (
        "driver: {memory: 16GiB}, executors: {memory: 16GiB}, capacity: {cores: 64, memory: 48GiB}"
    )
    inner = f"{{name: e, emr: {{script: a.py, {size}}}}}"
    step = f"name: a, map: {{items: [x, y], maxParallel: 2, steps: [{inner}]}}"
    world, _ = built(pipeline(step))
    assert [each.message for each in world.found if "memory" in each.message]


def test_a_function_has_its_log_a_role_for_it_and_says_which_code_it_is() -> None:
    step = "name: f, lambda: {code: fn, handler: app.main}, reads: {in: {source: raw, path: x}}"
    _, nodes = built(pipeline(step))
    (made,) = (each for each in nodes if each.address.type == "AWS::Lambda::Function")
    assert made.props["LoggingConfig"]["LogGroup"] == Ref(
        next(
            e.address
            for e in nodes
            if e.address.name == "acme-test-p-f" and "Logs" in e.address.type
        ),
        "LogGroupName",
    )
    assert ", code " in made.props["Description"]
    assert made.depends_on
    payload = machine(nodes)["f"]["Parameters"]["Payload"]
    assert plain(payload["reads"]["in"]) == "s3://<acme-test-raw-123456789012.BucketName>/x"
    assert payload["day.$"] == "$.moment.day"


def test_it_says_what_goes_in_and_what_comes_out() -> None:
    text = pipeline(
        f"name: a, {GLUE}, {READ}, {WRITE}", "name: l, ingest: {into: customer, from: a.out}"
    )
    world, _ = built(text)
    kind = load()["DataPipeline"]
    found = [*kind.flows(world.model("DataPipeline", "p"), "p")]
    assert {(each.kind, each.name, each.writes) for each in found} == {
        ("DataSource", "raw", False),
        ("DataSource", "lake", True),
        ("FeatureGroup", "customer", True),
    }


@pytest.mark.parametrize("overlap", ["skip", "queue", "parallel"])
def test_every_machine_is_judged_well(overlap: str) -> None:
    text = pipeline(
        f"name: a, {GLUE}, {READ}, {WRITE}",
        "name: m, map: {items: [x, y], maxFailed: 10%, steps: ["
        "{name: b, lambda: {code: f, handler: a.b}}]}",
        f"name: p, parallel: {{branches: {{u: [{{name: c, {GLUE}}}], v: [{{name: d, {GLUE}}}]}}}}",
        "name: q, query: {file: q.sql}, writes: {results: {source: lake, path: r}}",
        "name: l, ingest: {into: customer, from: a.out}",
        head=f"trigger: {{newData: {{source: raw, path: x}}}}\noverlap: {overlap}"
        "\nparameters: {key: ''}"
        "\nsubscribers: {emails: [a@example.com]}",
    )
    world = World({**DATA, ("DataPipeline", "p"): text})
    nodes = world.build_all()
    graph = Graph({node.address: node for node in nodes})
    errors = [each for each in judged(graph) if each.is_error]
    unnamed = [each for each in errors if "is missing" in each.message]  # the world names nothing
    assert [each for each in errors if each not in unnamed] == []
    assert to_json([node.props for node in nodes])
