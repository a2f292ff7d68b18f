"""Environments: extends, overrides and variables, with positions kept right."""

import pytest

from reconciler.specs import overlay
from reconciler.specs.merge import merged
from reconciler.specs.source import parse

STAGING = """\
apiVersion: moorline/v1
kind: Environment
metadata: {name: staging}
spec:
  platform: acme-fraud
  account: "123456789012"
  region: eu-west-1
  variables: {count: 2, retention: 30d, debug: false, ratio: 0.5}
  tags: {team: ml}
  overrides:
    Rollout/fraud: {spec: {keep: 1}}
"""
PROD = """\
apiVersion: moorline/v1
kind: Environment
metadata: {name: prod}
spec:
  extends: staging
  account: "999999999999"
  variables: {count: 4}
  overrides:
    Rollout/fraud: {spec: {serve: {size: 8, spot: null}, list: [1, "${count}"]}}
  protection: {allow: [traffic]}
"""
ROLLOUT = """\
apiVersion: moorline/v1
kind: Rollout
metadata: {name: fraud}
spec:
  serve: {size: 1, spot: true, type: ml.large}
  keep: 3
  list: [0]
"""


def documents(prod=PROD, staging=STAGING, rollout=ROLLOUT):
    files = {"staging.yaml": staging, "prod.yaml": prod, "rollout.yaml": rollout}
    return [document for file, text in files.items() for document in parse(text, file).documents]


def in_prod(rollout=ROLLOUT, prod=PROD):
    every = documents(prod, rollout=rollout)
    view, found = overlay.resolve(every, "prod")
    assert found == []
    assert view is not None
    return overlay.apply(every[-1], view)


def test_an_environment_is_laid_over_what_it_extends():
    view, found = overlay.resolve(documents(), "prod")
    assert found == []
    assert (view.platform, view.account, view.region) == ("acme-fraud", "999999999999", "eu-west-1")
    assert view.chain == ("prod", "staging")
    assert view.spec.variables == {"count": 4, "retention": "30d", "debug": False, "ratio": 0.5}
    assert view.spec.tags == {"team": "ml"}
    assert view.spec.protection.allow == ("traffic",)
    assert str(view.document.at(("spec", "region"))) == "staging.yaml:7:11"
    assert str(view.document.at(("spec", "account"))) == "prod.yaml:6:12"


def test_overrides_of_both_environments_apply_and_null_removes():
    document, found = in_prod()
    assert found == []
    assert document.data["spec"] == {
        "serve": {"size": 8, "type": "ml.large"}, "keep": 1, "list": [1, 4],
    }  # fmt: skip


PLACES = {
    "an untouched value": (("spec", "serve", "type"), "rollout.yaml:5:38", "rollout.yaml:5:32"),
    "a replaced value": (("spec", "serve", "size"), "prod.yaml:9:42", "prod.yaml:9:36"),
    "a merged mapping": (("spec", "serve"), "rollout.yaml:5:10", "rollout.yaml:5:3"),
    "a value of the extended file": (("spec", "keep"), "staging.yaml:11:34", "staging.yaml:11:28"),
    "a replaced list": (("spec", "list"), "prod.yaml:9:64", "prod.yaml:9:58"),
    "an item of a replaced list": (("spec", "list", "1"), "prod.yaml:9:68", "prod.yaml:9:68"),
    "a removed value": (("spec", "serve", "spot"), "rollout.yaml:5:10", "rollout.yaml:5:3"),
}


@pytest.mark.parametrize(("path", "value", "key"), PLACES.values(), ids=PLACES.keys())
def test_position(path, value, key):
    document, _ = in_prod()
    assert str(document.at(path)) == value
    assert str(document.key_at(path)) == key


def test_positions_cover_exactly_the_merged_data():
    document, _ = in_prod()
    assert ("spec", "serve", "size") in document.values
    assert ("spec", "serve", "spot") not in document.values
    assert len(document.values) == 13
    assert len(document.keys) == 10


SUBSTITUTED = {
    "a whole scalar takes the type": ("${count}", 4),
    "a boolean": ("${debug}", False),
    "a fraction": ("${ratio}", 0.5),
    "inside a text it is written out": ("ml-${count}-${debug}", "ml-4-false"),
    "next to another": ("${retention}${retention}", "30d30d"),
    "the name of the environment": ("${environment}", "prod"),
    "platform, account and region": (
        "${platform}/${account}/${region}", "acme-fraud/999999999999/eu-west-1",
    ),
    "an escaped substitution": ("$${count}", "${count}"),
    "a dollar": ("$count costs $5", "$count costs $5"),
    "a secret": ("{{resolve:ssm:${count}}}", "{{resolve:ssm:${count}}}"),
    "a secret in a text": ("a-{{resolve:ssm:x}}-${count}", "a-{{resolve:ssm:x}}-4"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "value"), SUBSTITUTED.values(), ids=SUBSTITUTED.keys())
def test_substitution(text, value):
    document, found = in_prod(ROLLOUT + f"  x: [{{y: '{text}'}}]\n")
    assert found == []
    (item,) = document.data["spec"]["x"]
    assert item == {"y": value}
    assert type(item["y"]) is type(value)


def test_keys_are_not_substituted():
    document, found = in_prod(ROLLOUT + "  '${count}': 1\n")
    assert found == []
    assert document.data["spec"]["${count}"] == 1


UNSUBSTITUTED = {
    "an unknown variable": ("${cuont}", "ENV007"),
    "an unknown variable in a text": ("a ${cuont}", "ENV007"),
    "a name that is none": ("${AWS::Region}", "ENV009"),
    "an open brace": ("${count", "ENV009"),
    "no name": ("a ${} b", "ENV009"),
}


@pytest.mark.parametrize(("text", "code"), UNSUBSTITUTED.values(), ids=UNSUBSTITUTED.keys())
def test_failed_substitution(text, code):
    _, (found,) = in_prod(ROLLOUT + f"  x: '{text}'\n")
    assert found.code == code
    assert str(found.at) == "rollout.yaml:8:6"


def test_a_document_without_changes_is_the_same():
    every = documents(rollout=ROLLOUT.replace("fraud", "other") + "---\n" + ROLLOUT)
    view, _ = overlay.resolve(every, "prod")
    document, _ = overlay.apply(every[2], view)
    assert document is every[2]


FAULTS = {
    "an unknown parent": (PROD.replace("staging", "stagin"), "ENV002", "prod.yaml:5:12"),
    "itself": (PROD.replace("staging", "prod"), "ENV003", "prod.yaml:5:12"),
    "no platform": (
        PROD.replace("  extends: staging\n", "  region: eu-west-1\n"), "ENV004", "prod.yaml:4:1",
    ),
    "a variable of another type": (
        PROD.replace("count: 4", "count: four"), "ENV005", "prod.yaml:7:22",
    ),
    "a boolean for an integer": (
        PROD.replace("count: 4", "count: true"), "ENV005", "prod.yaml:7:22",
    ),
    "an unknown spec": (PROD.replace("Rollout/fraud", "Rollout/farud"), "ENV006", "prod.yaml:9:5"),
    "a variable in a variable": (
        PROD.replace("count: 4", "x: '${count}'"), "ENV008", "prod.yaml:7:18",
    ),
    "an override of the kind": (
        PROD.replace("{spec: {s", "{kind: X, spec: {s"), "ENV010", "prod.yaml:9:21",
    ),
    "an override of the name": (
        PROD.replace("{spec: {s", "{metadata: {name: x}, spec: {s"), "ENV010", "prod.yaml:9:32",
    ),
    "a reserved name": (PROD.replace("count: 4", "region: x"), "ENV011", "prod.yaml:7:15"),
    "an account that is a number": (
        PROD.replace('"999999999999"', "999999999999"), "SPEC013", "prod.yaml:6:12",
    ),
    "a variable that is a list": (PROD.replace("count: 4", "x: [1]"), "SPEC013", "prod.yaml:7:15"),
    "a boundary of another account": (
        f"{PROD}  boundary: arn:aws:iam::111111111111:policy/p\n", "ENV013", "prod.yaml:11:13",
    ),
    "an unknown protection": (PROD.replace("traffic", "trafic"), "SPEC012", "prod.yaml:10:24"),
}  # fmt: skip


@pytest.mark.parametrize(("prod", "code", "place"), FAULTS.values(), ids=FAULTS.keys())
def test_fault(prod, code, place):
    view, found = overlay.resolve(documents(prod), "prod")
    assert view is None
    assert (found[0].code, str(found[0].at)) == (code, place)
    assert found[0].help


def test_environments_that_extend_each_other():
    staging = STAGING + "  extends: prod\n"
    _, (found,) = overlay.resolve(documents(staging=staging), "prod")
    assert found.code == "ENV003"
    assert "prod -> staging -> prod" in found.message


def test_an_unknown_environment_gets_a_suggestion():
    view, (found,) = overlay.resolve(documents(), "prd")
    assert (view, found.code) == (None, "ENV001")
    assert "did you mean 'prod'?" in found.message


def test_the_names_of_all_environments():
    assert overlay.names(documents()) == ["staging", "prod"]


RFC_7386 = [
    ({"a": "b"}, {"a": "c"}, {"a": "c"}),
    ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
    ({"a": "b"}, {"a": None}, {}),
    ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
    ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
    ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
    ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
    ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
    (["a", "b"], ["c", "d"], ["c", "d"]),
    ({"a": "b"}, ["c"], ["c"]),
    ({"a": "foo"}, None, None),
    ({"a": "foo"}, "bar", "bar"),
    ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
    ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
    ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
]


@pytest.mark.parametrize(("base", "patch", "result"), RFC_7386)
def test_the_examples_of_rfc_7386(base, patch, result):
    assert merged(base, patch) == result


APPROVAL = (
    "{address: AWS::S3::Bucket/raw, allows: records, why: FRAUD-812, by: alice, until: 2026-12-31}"
)


def approved(text: str) -> str:
    return STAGING + f"  protection: {{allow: [keys], approvals: [{text}]}}\n"


def test_an_approval_holds_in_its_own_environment_only():
    documents = parse(f"{approved(APPROVAL)}---\n{PROD}---\n{ROLLOUT}", "e.yaml").documents
    counts = {}
    for name in ("staging", "prod"):
        view, found = overlay.resolve(documents, name)
        assert view is not None, found
        counts[name] = len(view.spec.protection.approvals)
    assert counts == {"staging": 1, "prod": 0}


WRONG = {
    "no reason": ("why: FRAUD-812, ", "", "SPEC011"),
    "an empty reason": ("FRAUD-812", '""', "SPEC019"),
    "a blank name": ("alice", '" "', "SPEC019"),
    "a reason that is open": ("FRAUD-812", "…", "SPEC019"),
    "a reason for later": ("FRAUD-812", '"TODO: ask"', "SPEC019"),
    "a name in brackets": ("alice", "<who>", "SPEC019"),
    "a day in brackets": ("2026-12-31", '"<last day, YYYY-MM-DD>"', "SPEC016"),
    "no name": ("by: alice, ", "", "SPEC011"),
    "no end": (", until: 2026-12-31", "", "SPEC011"),
    "an end that is no day": ("2026-12-31", "2026-02-30", "SPEC019"),
    "an end in words": ("2026-12-31", "tomorrow", "SPEC016"),
    "an unknown class": ("records", "retention", "SPEC012"),
    "a star in the middle": ("AWS::S3::Bucket/raw", "'AWS::S3::Bucket/*-raw'", "SPEC016"),
    "a star for a type": ("AWS::S3::Bucket/raw", "'AWS::S3::*'", "SPEC016"),
    "no name of a resource": ("AWS::S3::Bucket/raw", "'AWS::S3::Bucket'", "SPEC016"),
}


@pytest.mark.parametrize(("old", "new", "code"), WRONG.values(), ids=WRONG.keys())
def test_an_approval_is_wrong_with(old, new, code):
    view, found = overlay.resolve(
        parse(approved(APPROVAL.replace(old, new)), "e.yaml").documents, "staging"
    )
    assert (view, [each.code for each in found]) == (None, [code])
    assert all(each.at and each.at.line > 1 for each in found)


def test_what_an_account_uses_holds_in_its_own_environment_only():
    """It is said of an account; one that extends it is often in another."""
    stated = STAGING + "  services: {clarify: existing}\n"
    documents = parse(f"{stated}---\n{PROD}---\n{ROLLOUT}", "e.yaml").documents
    found = {}
    for name in ("staging", "prod"):
        view, problems = overlay.resolve(documents, name)
        assert view is not None, problems
        found[name] = dict(view.spec.services)
    assert found == {"staging": {"clarify": "existing"}, "prod": {}}
