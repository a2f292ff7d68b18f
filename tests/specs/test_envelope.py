"""The frame of every spec."""

import pytest

from reconciler.specs.envelope import envelopes
from reconciler.specs.source import parse

KINDS = {"FeatureGroup", "Rollout", "Environment"}
GOOD = """\
apiVersion: moorline/v1
kind: Rollout
metadata: {name: fraud, owner: team, description: A model., tags: {tier: gold}}
spec: {}
"""

CASES = {
    "a list": ("[1]", ["SPEC001"]),
    "a text": ("hello", ["SPEC001"]),
    "an unknown key": (GOOD + "status: {}\n", ["SPEC010"]),
    "a misspelt key": (GOOD.replace("spec:", "sepc:"), ["SPEC010"]),
    "a missing spec": (GOOD.replace("spec: {}\n", ""), ["SPEC011"]),
    "a missing kind": (GOOD.replace("kind: Rollout\n", ""), ["SPEC011"]),
    "another version": (GOOD.replace("moorline/v1", "v1"), ["SPEC002"]),
    "an unknown kind": (GOOD.replace("kind: Rollout", "kind: Rolout"), ["SPEC003"]),
    "a kind that is no text": (GOOD.replace("kind: Rollout", "kind: 3"), ["SPEC003"]),
    "a name in capitals": (GOOD.replace("name: fraud", "name: Fraud"), ["SPEC004"]),
    "a name with a dash at the end": (GOOD.replace("name: fraud", "name: fraud-"), ["SPEC004"]),
    "a name with two dashes": (GOOD.replace("name: fraud", "name: fr--aud"), ["SPEC004"]),
    "a name too long": (GOOD.replace("name: fraud", f"name: a{'b' * 40}"), ["SPEC004"]),
    "a name that is no text": (GOOD.replace("name: fraud", "name: 12"), ["SPEC013"]),
    "a missing name": (GOOD.replace("name: fraud, ", ""), ["SPEC011"]),
    "metadata of the wrong type": (
        GOOD.replace("{name", "[{name").replace("gold}}", "gold}}]"), ["SPEC013"],
    ),
    "an unknown word in metadata": (GOOD.replace("owner:", "onwer:"), ["SPEC010"]),
}  # fmt: skip


@pytest.mark.parametrize(("text", "codes"), CASES.values(), ids=CASES.keys())
def test_refused(text, codes):
    _, found = envelopes(parse(text, "f.yaml").documents, KINDS)
    assert [diagnostic.code for diagnostic in found] == codes
    assert all(diagnostic.at and diagnostic.help for diagnostic in found)


def test_a_good_document():
    (envelope,), found = envelopes(parse(GOOD, "f.yaml").documents, KINDS)
    assert found == []
    assert envelope.id == "Rollout/fraud"
    assert envelope.metadata.owner == "team"
    assert envelope.metadata.tags == {"tier": "gold"}
    assert envelope.spec == {}


@pytest.mark.parametrize("name", ["a", "a1", "a-b", "a" * 40])
def test_good_names(name):
    text = GOOD.replace("name: fraud", f"name: {name}")
    assert envelopes(parse(text, "f.yaml").documents, KINDS)[1] == []


def test_an_unknown_kind_gets_a_suggestion():
    text = GOOD.replace("kind: Rollout", "kind: rollout")
    (found,) = envelopes(parse(text, "f.yaml").documents, KINDS)[1]
    assert "did you mean 'Rollout'?" in found.message
    assert str(found.at) == "f.yaml:2:7"


def test_the_same_spec_twice_names_both_places():
    documents = [*parse(GOOD, "a.yaml").documents, *parse(GOOD, "b.yaml").documents]
    good, (found,) = envelopes(documents, KINDS)
    assert len(good) == 1
    assert found.code == "SPEC005"
    assert "a.yaml:3:18" in found.message
    assert str(found.at) == "b.yaml:3:18"


def test_the_same_name_in_two_kinds_is_fine():
    other = GOOD.replace("kind: Rollout", "kind: FeatureGroup")
    assert envelopes(parse(f"{GOOD}---\n{other}", "a.yaml").documents, KINDS)[1] == []


def test_empty_documents_are_skipped():
    good, found = envelopes(parse(f"---\n---\n{GOOD}", "a.yaml").documents, KINDS)
    assert (len(good), found) == (1, [])
