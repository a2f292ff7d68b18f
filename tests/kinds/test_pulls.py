"""Pulls: what is refused before anybody is asked, what a role may do, and the machine itself."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from reconciler.facts.asl.checks import faults
from reconciler.kinds.data_source.pull.states import EVENTS, events, member
from reconciler.kinds.terms.credential import lookup
from reconciler.model.secret import Secret
from reconciler.model.value import Json, leaves, resolve

from .world import World, named, problems, spec_of

URL = "https://api.scheme.example/v1/orders"
KEY = "{apiKey: {header: X-Api-Key, secretName: partner}}"
BASE = {
    "url": URL,
    "auth": KEY,
    "items": "$.data",
    "pages": "{cursor: {next: $.next, query: after}}",
    "land": "{to: raw, path: orders}",
}
GRAPH = {**BASE, "query": "{text: 'query { x }'}", "items": "$.data.x"}
COLUMNS = "\ncolumns: {id: string, amount: double}"


def rest(store: str = "rest", **parts: str) -> str:
    base = GRAPH if store == "graphql" else BASE
    return f"{store}: {{{', '.join(f'{k}: {v}' for k, v in {**base, **parts}.items())}}}{COLUMNS}"


def pages(text: str) -> str:
    return rest(pages=text)


BY = "{to: raw, path: orders, by: lambda}"
OAUTH = "{oauth: {endpoint: END, clientId: us, secretName: partner}}"
CASES = [
    ("plain http", rest(url="http://api.scheme.example/v1"), "url"),
    ("another scheme", rest(url="ftp://api.scheme.example/v1"), "url"),
    ("no scheme", rest(url="api.scheme.example"), "url"),
    ("a password in it", rest(url="https://u:p@api.scheme.example/v1"), "url"),
    ("a host that looks like one", rest(url="https://api.scheme.example@evil.example/"), "url"),
    ("no host", rest(url="'https:///v1'"), "url"),
    ("an address of this machine", rest(url="https://localhost/v1"), "url"),
    ("a number for a host", rest(url="https://169.254.169.254/latest"), "url"),
    ("parameters in it", rest(url="'https://api.scheme.example/v1?page=2'"), "url"),
    ("a part of a page", rest(url="'https://api.scheme.example/v1#x'"), "url"),
    ("a line break", rest(url='"https://api.scheme.example/v1\\r\\nX: y"'), "url"),
    ("a blank", rest(url="'https://api.scheme.example/v 1'"), "url"),
    ("a pattern", rest(url="'https://api.scheme.example/{id}'"), "url"),
    ("no such port", rest(url="https://api.scheme.example:99999/"), "url"),
    ("a header that ends", rest(headers='{X-A: "b\\r\\nX-Evil: c"}'), "headers.X-A"),
    ("a header that is none", rest(headers="{'X A': b}"), "headers.X A"),
    ("a header with a break", rest(headers='{"X-A\\r\\nB": c}'), "headers.X-A\r\nB"),
    ("a header that signs", rest(headers="{authorization: x}"), "headers.authorization"),
    ("a range", rest(headers="{Range: bytes=0-99}"), "headers.Range"),
    ("a host", rest(headers="{Host: evil.example}"), "headers.Host"),
    ("one of AWS's", rest(headers="{X-Amz-Date: x}"), "headers.X-Amz-Date"),
    (
        "a key's header",
        rest(auth='{apiKey: {header: "X\\n", secretName: a}}'),
        "auth.apiKey.header",
    ),
    ("a certificate", rest(auth="{mutualTls: {secretName: a}}"), "auth.mutualTls"),
    (
        "a token over http",
        rest(auth=OAUTH.replace("END", "http://a.example")),
        "auth.oauth.endpoint",
    ),
    ("longer than AWS waits", rest(timeout="90s"), "timeout"),
    ("longer than a function", rest(timeout="15m", land=BY), "timeout"),
    ("a function of no size", rest(land=BY[:-1] + ", memory: 128MiB}"), "land.memory"),
    ("memory of no function", rest(land="{to: raw, path: x, memory: 1GiB}"), "land.memory"),
    ("no path", rest(items="data"), "items"),
    ("a path of many places", rest(items="'$.data[*]'"), "items"),
    ("a filter", rest(items="'$.data[?(@.a)]'"), "items"),
    ("the context", rest(items="$$.Execution.Id"), "items"),
    ("a path with a quote", rest(items="\"$['a'b']\""), "items"),
    ("a cursor's path", pages("{cursor: {next: $.a., query: b}}"), "pages.cursor.next"),
    (
        "what says more",
        pages("{cursor: {next: $.a, hasNext: x, query: b}}"),
        "pages.cursor.hasNext",
    ),
    ("a link's path", pages("{link: {next: a}}"), "pages.link.next"),
    ("a last page's", pages("{number: {last: a}}"), "pages.number.last"),
    ("side by side blindly", pages("{number: {parallel: 2}}"), "pages.number.parallel"),
    ("a parameter twice", rest(query="{after: x}"), "query.after"),
    ("a parameter that is a path", rest(query="{'a.$': x}"), "query.a.$"),
    ("a parameter with a break", rest(query='{a: "b\\nc"}'), "query.a"),
    (
        "a time and a page",
        rest(since="{query: after, start: '2024-01-01T00:00:00Z'}"),
        "since.query",
    ),
    ("no such column", rest(requires="[id, b]"), "requires.1"),
    ("a schedule", rest(trigger="{schedule: cron(1 2)}"), "trigger.schedule"),
    ("never", rest(trigger="{schedule: 'cron(0 0 31 2 ? *)'}"), "trigger.schedule"),
    ("nowhere", rest(trigger="{schedule: rate(1 hour), timezone: Mars/X}"), "trigger.timezone"),
    ("a query twice", rest("graphql", query="{text: a, file: b.graphql}"), "query"),
    ("no query", rest("graphql", query="{}"), "query"),
    ("no list", rest("graphql", items="$"), "items"),
    ("a variable twice", rest("graphql", variables="{after: x}"), "variables.after"),
]


@pytest.mark.parametrize(("text", "path"), [case[1:] for case in CASES], ids=[c[0] for c in CASES])
def test_what_cannot_be_is_told_where_it_stands(text: str, path: str) -> None:
    store = text.partition(":")[0]
    assert [".".join(each.path) for each in problems("DataSource", text)] == [f"{store}.{path}"]


@pytest.mark.parametrize(
    "text",
    [
        rest(auth="{}"),
        rest(auth="{apiKey: {header: X-Api-Key}}"),
        rest(auth="{apiKey: {header: X-Api-Key, secretName: 'a b'}}"),
        rest(auth="{apiKey: {header: X-Api-Key, value: abc}}"),
        rest(auth="{basic: {username: 'a:b', secretName: a}}"),
        rest(auth="{apiKey: {header: A, secretName: a}, basic: {username: a, secretName: a}}"),
        rest(pages="{}"),
        rest(pages="{single: {a: b}}"),
        rest("graphql", pages="{number: {}}"),
        rest("graphql", variables="{'a.$': b}"),
        rest("graphql", query="{file: ../secret}"),
        rest(retries="99"),
        f"{rest()}\ns3: {{}}",
        "rest: {url: 'https://a.example/'}",
    ],
)
def test_what_has_the_wrong_shape_is_refused(text: str) -> None:
    spec, found = spec_of("DataSource", text)
    assert spec is None
    assert found


def test_a_spec_that_is_right_has_no_faults() -> None:
    assert problems("DataSource", rest(timeout="14m", land=BY)) == []
    assert problems("DataSource", rest(auth="{mutualTls: {secretName: a}}", land=BY)) == []
    assert problems("DataSource", rest(trigger="{schedule: 'cron(15 2 * * ? *)'}")) == []
    assert problems("DataSource", rest("graphql", query="queries/orders.graphql")) == []


def world(text: str, facts: Mapping[Any, Json] | None = None) -> World:
    kept = {("DataSource", name): "s3: {}" for name in ("raw", "artifacts")}
    return World({**kept, ("DataSource", "orders"): text}, facts)


def machine(text: str) -> dict[str, Any]:
    """The definition, with names in place of what is known later."""
    it = world(text)
    (node,) = named(it.build_all(), "AWS::StepFunctions::StateMachine")
    assert (it.found, it.deferred) == ([], {})
    document = node.props["DefinitionString"].document
    found: dict[str, Any] = resolve(document, lambda ref: f"arn:aws:x:::{ref.target.name}")
    return found


SINCE = "{query: since, start: '2024-01-01T00:00:00Z'}"
MACHINES = [
    rest(since=SINCE),
    rest(),
    pages("{cursor: {next: $.a, hasNext: $.b, query: c}}"),
    pages("{link: {next: \"$['@next']['u r l']\"}}"),
    pages("{number: {}}"),
    pages("{number: {last: $.n}}"),
    pages("{number: {last: $.n, parallel: 40}}"),
    pages("{offset: {size: 10}}"),
    pages("{single: {}}"),
    rest(retries="0", requires="[]"),
    rest("graphql", since=SINCE),
    rest("graphql", pages="{single: {}}", query="queries/orders.graphql", partial="land"),
    rest(land='{to: raw, path: "it\'s {here}"}'),
    rest(since=SINCE, land=BY),
    rest(pages="{link: {next: $.a}}", land=BY),
    rest(pages="{number: {}}", land=BY),
    rest(pages="{number: {last: $.n, parallel: 40}}", land=BY),
    rest("graphql", query="queries/orders.graphql", land=BY),
]


@pytest.mark.parametrize("text", MACHINES)
def test_every_machine_is_right_and_all_of_its_states_can_be_reached(text: str) -> None:
    definition = machine(text)
    assert [str(each) for each in faults(definition)] == []
    inner = [each for each in definition["States"].values() if each["Type"] == "Map"]
    names = [*definition["States"], *(n for m in inner for n in m["ItemProcessor"]["States"])]
    assert len(names) == len({*names})
    assert all(len(name) <= 80 for name in names)
    assert definition["TimeoutSeconds"] <= 86400
    for state in definition["States"].values():
        for retrier in state.get("Retry") or ():
            assert retrier["JitterStrategy"] == "FULL"
            assert retrier["MaxDelaySeconds"] <= 300
            assert "States.DataLimitExceeded" not in retrier["ErrorEquals"]


@pytest.mark.parametrize("retries", [0, 6, 10])
def test_a_run_ends_before_its_history_is_full(retries: int) -> None:
    """Were each page as bad as can be, what one run asks for would still fit."""
    states = machine(rest(retries=str(retries)))["States"]
    (room,) = (
        rule["NumericGreaterThan"]
        for rule in states["is there room"]["Choices"]
        if rule["Variable"] == "$.here"
    )
    ways = ("ask for the next page", "look at it", "count", "is it as declared", "land it")
    ways += ("is there another", "is it the same again", "turn the page", "is there room")
    once = events({name: states[name] for name in ways})
    assert (room + 1) * once < EVENTS
    assert room >= 200


@pytest.mark.scenario("D40")
def test_the_role_may_do_what_the_machine_does_and_no_more() -> None:
    it = world(rest(since=SINCE))
    nodes = it.build_all()
    (role,) = (
        node
        for node in named(nodes, "AWS::IAM::Role")
        if node.address.name == "acme-test-orders-machine"
    )
    said = {
        action: (each["Resource"], each.get("Condition"))
        for each in role.props["Policies"][0]["PolicyDocument"]["Statement"]
        for action in each["Action"]
    }
    own = "arn:aws:states:eu-west-1:123456789012:stateMachine:acme-test-orders"
    when = {"StringEquals": {"states:HTTPMethod": "GET", "states:HTTPEndpoint": URL}}
    assert said["states:InvokeHTTPEndpoint"] == ([own], when)
    assert said["states:StartExecution"] == ([own], None)
    (connection,) = said["events:RetrieveConnectionCredentials"][0]
    assert (connection.target.type, connection.output) == ("AWS::Events::Connection", "Arn")
    kept = (
        "arn:aws:secretsmanager:eu-west-1:123456789012:secret:events!connection/acme-test-orders/*"
    )
    assert said["secretsmanager:GetSecretValue"] == ([kept], None)
    assert said["secretsmanager:DescribeSecret"] == ([kept], None)
    assert "/orders/*" in str(said["s3:PutObject"][0])
    assert {action.partition(":")[0] for action in said} == {
        *("events", "logs", "s3", "secretsmanager", "sqs", "states")
    }


def statements(nodes: list[Any], name: str) -> dict[str, tuple[Any, Any]]:
    (role,) = (it for it in named(nodes, "AWS::IAM::Role") if it.address.name == name)
    return {
        action: (each["Resource"], each.get("Condition"))
        for each in role.props["Policies"][0]["PolicyDocument"]["Statement"]
        for action in each["Action"]
    }


@pytest.mark.scenario("D40")
def test_a_function_that_pulls_may_read_its_secret_and_write_its_pages() -> None:
    arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:partner-AbCdEf"
    fact = {"arn": arn, "version": "v", "deleted": False, "asked": True, "key": "alias/mine"}
    numbered = "{number: {last: $.n, parallel: 7}}"
    it = world(rest(land=BY, pages=numbered), {lookup("partner"): fact})
    nodes = it.build_all()
    assert (it.found, it.deferred, named(nodes, "AWS::Events::Connection")) == ([], {}, [])
    of_machine = statements(nodes, "acme-test-orders-machine")
    assert {each.partition(":")[0] for each in of_machine} == {"lambda", "logs", "sqs", "states"}
    may = statements(nodes, "acme-test-orders-pull")
    logs = {"logs:CreateLogStream", "logs:PutLogEvents"}
    assert may.keys() == {*logs, "s3:PutObject", "kms:Decrypt", "secretsmanager:GetSecretValue"}
    assert may["secretsmanager:GetSecretValue"] == ([arn], None)
    assert "/orders/*" in str(may["s3:PutObject"][0])
    (where, when) = may["kms:Decrypt"]
    assert where == ["arn:aws:kms:eu-west-1:123456789012:key/*"]
    assert when["ForAnyValue:StringEquals"] == {"kms:ResourceAliases": "alias/mine"}
    (function,) = named(nodes, "AWS::Lambda::Function")
    assert function.props["ReservedConcurrentExecutions"] == 7
    assert (function.props["Timeout"], function.props["MemorySize"]) == (120, 1024)
    told = json.loads(function.props["Environment"]["Variables"]["PULL"])
    assert (told["host"], told["auth"]["secret"]) == ("api.scheme.example", arn)
    (group,) = (n for n in named(nodes, "AWS::Logs::LogGroup") if n.address.name.endswith("pull"))
    assert group.props["RetentionInDays"] == 90


def test_a_query_in_a_file_is_read_by_the_run() -> None:
    it = world(rest("graphql", query="queries/orders.graphql"))
    nodes = it.build_all()
    (node,) = named(nodes, "AWS::StepFunctions::StateMachine")
    (file,) = named(nodes, "Moorline::S3::Asset")
    assert file.address in node.needs
    states = node.props["DefinitionString"].document["States"]
    assert states["read the query"]["Parameters"]["Key"] == file.address.name.partition("/")[2]
    assert states["begin"]["Default"] == "read the query"
    body = states["ask for the first page"]["Parameters"]["RequestBody"]
    assert body == {"query.$": "$.run.query", "variables": {}}


def test_secrets_are_references_with_the_version_that_is_current() -> None:
    known = {"arn": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:partner-AbCdEf"}
    known |= {"version": "v-1", "deleted": False, "asked": True}
    it = world(rest(), {lookup("partner"): known})
    (node,) = named(it.build_all(), "AWS::Events::Connection")
    (found,) = (leaf for leaf in leaves(node.props) if isinstance(leaf, Secret))
    assert (found.arn, found.version) == (known["arn"], "v-1")
    assert it.lookups("DataSource", "orders") == [lookup("partner")]


@pytest.mark.parametrize(
    ("fact", "why"),
    [
        (None, "could not be looked at"),
        ({"arn": "", "version": "", "deleted": False, "asked": True}, "is not there"),
        ({"arn": "a", "version": "", "deleted": False, "asked": True}, "holds nothing"),
        ({"arn": "a", "version": "v", "deleted": True, "asked": True}, "is about to be deleted"),
    ],
)
def test_without_its_secret_a_pull_waits(fact: Json, why: str) -> None:
    it = world(rest(), {lookup("partner"): fact})
    it.build("DataSource", "orders")
    assert why in it.deferred["DataSource/orders"]


def test_what_is_pulled_keeps_nothing_itself() -> None:
    specs = {
        ("DataSource", "raw"): "s3: {}",
        ("DataSource", "orders"): rest(),
        ("DataSource", "more"): rest(land="{to: orders, path: x}"),
    }
    with pytest.raises(Exception, match="is pulled, and keeps nothing itself"):
        World(specs).build_all()


@pytest.mark.parametrize(
    ("name", "path"), [("a_b", ".a_b"), ("a-b", "['a-b']"), ("a'b", "['a\\'b']"), ("1", "['1']")]
)
def test_a_column_is_a_part_of_a_path(name: str, path: str) -> None:
    assert member(name) == path
    assert json.dumps(path)
