"""`moorline fix`: older words become today's, and every other byte stays."""

from __future__ import annotations

import pytest

from reconciler.kinds.api import load
from reconciler.specs.migrations import moves
from reconciler.specs.rewrite import Rewritten, rewrite
from reconciler.specs.shape import shape
from reconciler.specs.source import parse

HEAD = "apiVersion: moorline/v1\nkind: {kind}\nmetadata: {{name: a}}\nspec:\n"


def fixed(text: str, file: str = "a.yaml") -> Rewritten:
    return rewrite({file: text}, moves())[file]


def spec(kind: str, body: str) -> str:
    return HEAD.format(kind=kind) + "".join(f"  {line}\n" for line in body.splitlines())


CASES = {
    "a name": ("FeatureGroup", "online: {ttl: 30d} # short", "online: {expireAfter: 30d} # short"),
    "in quotes": ("FeatureGroup", "online: {'ttl': \"30d\"}", "online: {'expireAfter': \"30d\"}"),
    "a word": ("FeatureGroup", "offline: {format: 'Glue'}", "offline: {format: 'glue'}"),
    "several in one line": (
        "FeatureGroup",
        "offline: {format: Iceberg, source: b, prefix: c} # all",
        "offline: {format: iceberg, to: b, path: c} # all",
    ),
    "a share": ("Rollout", "capture: {sampling: 20} # %", "capture: {sampling: 20%} # %"),
    "a fraction": ("Rollout", "capture: {sampling: 0.5}", "capture: {sampling: 0.5%}"),
    "a long fraction": (
        "Budget",
        "thresholds: [{percent: 33.333333}]",
        "thresholds: [{at: 33.333333%}]",
    ),
    "a tiny fraction": (
        "Budget",
        "thresholds: [{percent: 0.000025}]",
        "thresholds: [{at: 0.000025%}]",
    ),
    "a large one": (
        "Budget",
        "thresholds: [{percent: 1234567.5}]",
        "thresholds: [{at: 1234567.5%}]",
    ),
    "a share in a new field": (
        "Budget",
        "thresholds:\n  - {percent: 80}\n  # all of it\n  - {percent: 100, on: forecasted}",
        "thresholds:\n  - {at: 80%}\n  # all of it\n  - {at: 100%, of: forecasted}",
    ),
    "a mapping of one": (
        "Rollout",
        "strategy: {blueGreen: {canary: {size: {percent: 25}, bake: 10m}}}",
        "strategy: {blueGreen: {twoStep: {size: 25%, bake: 10m}}}",
    ),
    "a mapping of one on lines": (
        "Rollout",
        "strategy:\n  blueGreen:\n    linear:\n      step:\n        instances: 2\n      bake: 5m",
        "strategy:\n  blueGreen:\n    linear:\n      size: 2\n      bake: 5m",
    ),
    "one side of a rate": (
        "Rollout",
        "analysis:\n  - {metric: Invocation5XXErrors, rate: 1%}",
        "analysis:\n  - {metric: Invocation5XXErrors, atMost: 1%}",
    ),
    "the other side of it": (
        "Monitor",
        "alarms:\n  - {metric: Invocation5XXErrors, rate: 1%}",
        "alarms:\n  - {metric: Invocation5XXErrors, above: 1%}",
    ),
    "per cent of a host alone": (
        "Monitor",
        "alarms:\n  - {metric: CPUUtilization, above: 160}\n  - {metric: Invocations, above: 9}",
        "alarms:\n  - {metric: CPUUtilization, above: 160%}\n  - {metric: Invocations, above: 9}",
    ),
    "a section and what is in it": (
        "Monitor",
        "subscriptions:\n  sqs: [a] # the queue\n  email: [b]",
        "subscribers:\n  queues: [a] # the queue\n  emails: [b]",
    ),
    "tags": ("DataSource", "s3: {}", "s3: {}"),
}


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["lines", "carriage returns"])
def test_older_words_become_todays(name: str, end: str) -> None:
    kind, old, new = CASES[name]
    found = fixed(spec(kind, old).replace("\n", end))
    assert found.text == spec(kind, new).replace("\n", end)
    assert not found.left
    assert fixed(found.text) == Rewritten(found.text)  # a second time changes nothing


LEFT = {
    "both are there": ("FeatureGroup", "online: {ttl: 1d, expireAfter: 2d}"),
    "an alias": ("FeatureGroup", "online: &o {ttl: 1d}\nthroughput: *o"),
    "two members": (
        "Rollout",
        "strategy: {blueGreen: {canary: {size: {percent: 1, instances: 2}}}}",
    ),
    "a share that a variable makes": (
        "Rollout",
        "strategy: {blueGreen: {twoStep: {size: {percent: '${p}'}}}}",
    ),
}


@pytest.mark.parametrize("name", LEFT)
def test_what_is_not_certain_is_left_and_named(name: str) -> None:
    kind, body = LEFT[name]
    found = fixed(spec(kind, body))
    assert (found.text == spec(kind, body)) or name == "two members"  # its canary has a new name
    assert [each.why for each in found.left if each.why]


@pytest.mark.parametrize(
    "text",
    ["online: {ttl: 1d", "a: b\na: c\n", "", "- 1\n", "\x00", "kind: FeatureGroup\nspec: null\n"],
)
def test_what_is_no_spec_is_left_alone(text: str) -> None:
    found = fixed(text)
    assert found == Rewritten(text, unread=found.unread)
    assert found.unread == any(each.is_error for each in parse(text, "a.yaml").diagnostics)


def test_a_kind_is_changed_by_its_own_moves_alone() -> None:
    body = "columns: {ttl: string, percent: int}\ns3: {prefix: ttl}"
    assert not fixed(spec("DataSource", body)).done


def test_a_description_goes_to_the_metadata() -> None:
    body = "description: Fraud, by card. # why\nartifacts: {source: a}"
    assert fixed(spec("ModelRegistry", body)).text == (
        "apiVersion: moorline/v1\nkind: ModelRegistry\n"
        'metadata: {name: a, description: "Fraud, by card."}\nspec:\n  artifacts: {source: a}\n'
    )
    block = spec("ModelRegistry", body).replace("{name: a}", "\n  name: a # its name")
    assert fixed(block).text == (
        "apiVersion: moorline/v1\nkind: ModelRegistry\nmetadata: \n  name: a # its name\n"
        "  description: Fraud, by card. # why\nspec:\n  artifacts: {source: a}\n"
    )


REGISTRY = "apiVersion: moorline/v1\nkind: ModelRegistry\nmetadata: {name: a}\nspec: "


@pytest.mark.parametrize(
    ("braces", "without"),
    [
        (
            "{description: Of fraud., artifacts: {source: a}} # all",
            "{artifacts: {source: a}} # all",
        ),
        ("{artifacts: {source: a} , description: Of fraud.}", "{artifacts: {source: a} }"),
        ("{description: Of fraud.}", "{}"),
        ('{ a: b, "description": Of fraud. , c: d}', "{ a: b, c: d}"),
    ],
)
def test_a_description_in_braces_goes_to_the_metadata(braces: str, without: str) -> None:
    new = f"{REGISTRY}{without}\n"
    word = '"description"' if '"' in braces else "description"
    flow = new.replace("{name: a}", f"{{name: a, {word}: Of fraud.}}")
    assert fixed(f"{REGISTRY}{braces}\n").text == flow
    block = f"{REGISTRY}{braces}\n".replace("{name: a}", "\n  name: a # its name")
    new = new.replace("{name: a}", f"\n  name: a # its name\n  {word}: Of fraud.")
    assert fixed(block).text == new


def test_a_second_description_is_left_and_the_reason_is_said() -> None:
    text = f"{REGISTRY}{{description: Of fraud.}}\n".replace("a}", "a, description: All.}")
    found = fixed(text)
    assert found.text == text
    assert ["keep one of the two" in each.why for each in found.left] == [True]


def test_labels_are_tags_in_every_kind() -> None:
    text = "apiVersion: moorline/v1\nkind: Budget\nmetadata: {name: a, labels: {a: b}}\nspec: {}\n"
    assert fixed(text).text == text.replace("labels", "tags")


def test_overrides_and_their_variables_follow() -> None:
    rollout = spec("Rollout", "capture: {sampling: '${share}'}\nnetwork: {subnets: ['${other}']}")
    old = spec(
        "Environment",
        "variables: {share: 20, other: 30} # per cent\n"
        "overrides:\n"
        "  FeatureGroup/a: {spec: {online: {ttl: 1d}}}\n"
        "  DataSource/a: {spec: {columns: {ttl: string}}}\n"
        "  Rollout/a: {spec: {capture: {sampling: 30}}}",
    )
    found = rewrite({"r.yaml": rollout, "e.yaml": old}, moves())
    assert found["r.yaml"].text == rollout
    new = old.replace("online: {ttl", "online: {expireAfter")
    new = new.replace("share: 20,", "share: 20%,").replace("sampling: 30", "sampling: 30%")
    assert found["e.yaml"].text == new


def test_a_variable_that_is_used_elsewhere_too_is_left() -> None:
    rollout = spec("Rollout", "capture: {sampling: '${n}'}\nkeepRevisions: ${n}")
    environment = spec("Environment", "variables: {n: 20}")
    found = rewrite({"r.yaml": rollout, "e.yaml": environment}, moves())
    assert found["e.yaml"].text == environment


def test_json_stays_json() -> None:
    size = '"strategy": {"blueGreen": {"canary": {"size": {"percent": 25}}}}'
    body = f'{{"capture": {{"sampling": 20}},\n  {size}}}'
    text = f'{{"kind": "Rollout", "metadata": {{"name": "a"}},\n "spec": {body}}}\n'
    new = text.replace("20", '"20%"').replace("canary", "twoStep")
    new = new.replace('{"percent": 25}', '"25%"')
    assert fixed(text, "a.json").text == new


def test_documents_of_one_file_are_changed_each_for_itself() -> None:
    group, budget = spec("FeatureGroup", "online: {ttl: 1d}"), spec("Budget", "ttl: {ttl: 1}")
    found = fixed(f"# first\n{group}---\n{budget}")
    assert found.text == f"# first\n{group.replace('ttl', 'expireAfter')}---\n{budget}"


@pytest.mark.parametrize("kind", ["FeatureGroup", "Rollout", "Monitor", "Budget", "Training"])
def test_an_old_word_is_named_with_the_new_one(kind: str) -> None:
    old = {
        "FeatureGroup": ("online: {ttl: 1d}", "'expireAfter'"),
        "Rollout": ("capture: {prefix: a}", "'path'"),
        "Monitor": ("subscriptions: {}", "'subscribers'"),
        "Budget": ("thresholds: [{percent: 80}]", "'at'"),
        "Training": ("output: {source: a}", "'to'"),
    }
    body, new = old[kind]
    (document,) = parse(spec(kind, body), "a.yaml").documents
    _, found = shape(document, load()[kind].model, ("spec",))
    (said,) = [each for each in found if "now" in each.message]
    assert new in said.message
    assert "moorline fix" in said.help


@pytest.mark.parametrize(
    ("kind", "section", "new"), [("Rollout", "analysis", "atMost"), ("Monitor", "alarms", "above")]
)
def test_a_word_that_became_two_is_named_with_the_one_of_its_place(
    kind: str, section: str, new: str
) -> None:
    body = f"{section}: [{{metric: Invocation5XXErrors, rate: 1%}}]"
    (document,) = parse(spec(kind, body), "a.yaml").documents
    _, found = shape(document, load()[kind].model, ("spec",))
    (said,) = [each.message for each in found if "now" in each.message]
    assert said == f"unknown field 'rate'; it is {new!r} now"


def test_every_move_leads_to_a_word_of_its_kind() -> None:
    """A move to a word that no model has would make specs that are wrong."""
    from reconciler.specs.envelope import Metadata

    for move in moves():
        if not move.to:
            continue
        model = Metadata if move.at[0] == "metadata" else load()[move.kind].model
        text = repr(model.model_json_schema(by_alias=True))
        assert f"'{move.to}'" in text, move
