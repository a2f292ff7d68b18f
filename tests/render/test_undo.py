"""What is to do names the field, the value and the line of the spec, and the edit."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from reconciler.model.change import Action, Effect, FieldChange, Reason
from reconciler.model.diagnostic import Span, in_words
from reconciler.model.loss import Destruction, Loss
from reconciler.render.comment import comment
from reconciler.render.formats import Context
from reconciler.render.html.changes import changes
from reconciler.render.markdown.view import view
from reconciler.render.text.plan import text
from reconciler.render.vocabulary.undo import undo
from reconciler.render.vocabulary.words import why
from tests.render.plans import changed, data, replaced

SPEC = Span("specs/features/customer.yaml", 9, 10, 3, ("spec", "retention"), "30d")
BLOCK = {"path": ["spec", "rules"], "value": None, "back": None}


def field(**more: Any) -> dict[str, Any]:
    at = {"file": SPEC.file, "line": SPEC.line, "column": SPEC.column}
    known = {"path": ["Ttl", "Value"], "before": 7, "after": 30, "effect": "replace", "at": at}
    spec = {"path": ["spec", "retention"], "value": "30d", "back": "7d", **more.pop("spec", {})}
    spec = {key: value for key, value in spec.items() if value is not None}
    return {**known, "spec": {**spec, "at": at}, **more}


SAID = {
    "the edit": (
        [field()],
        (
            "set spec.retention back to 7d (it says 30d, specs/features/customer.yaml:9), so that"
            " Ttl.Value is 7 again"
        ),
    ),
    "no edit is known": (
        [field(spec={"value": "${ttl}", "back": None})],
        (
            "change spec.retention (it says ${ttl}, specs/features/customer.yaml:9) so that"
            " Ttl.Value is 7 again"
        ),
    ),
    "a block of the spec": (
        [field(spec=BLOCK)],
        "change spec.rules (specs/features/customer.yaml:9) so that Ttl.Value is 7 again",
    ),
    "a value that is not there any more": (
        [field(after=None, spec=BLOCK)],
        "change spec.rules (specs/features/customer.yaml:9) so that Ttl.Value is as it was",
    ),
    "no field of the spec": (
        [{**field(), "spec": None}],
        "set Ttl.Value to 7 again (specs/features/customer.yaml:9)",
    ),
    "no line of it": ([{**field(), "spec": None, "at": None}], "set Ttl.Value to 7 again"),
    "a list": (
        [field(spec=BLOCK, path=["Rules"], before=[{"Id": "a"}], after=[])],
        "change spec.rules (specs/features/customer.yaml:9) so that Rules is as it was",
    ),
    "more than two": (
        [field(path=["A"]), field(path=["B"]), field(path=["C"]), field(path=["D"])],
        "2 more like it",
    ),
    "nothing": ([], "undo the change in the spec"),
}


@pytest.mark.parametrize(("causes", "said"), SAID.values(), ids=SAID)
def test_what_is_to_do_reads(causes, said):
    assert undo(causes).endswith(said)


def refused(at: Span | None = SPEC) -> Any:
    difference = replace(changed("Ttl/Value", 7, 30, Effect.REPLACE, at), spec=at, back="7d")
    loss = Loss(Destruction.RECORDS, "its records are lost", ("Ttl",))
    old, new = replaced("SageMaker::FeatureGroup", "x", difference, removal={"losses": (loss,)})
    old = replace(old, losses=(loss,), destroys="records", refused="not allowed")
    return data(old, replace(new, refused="not allowed"))


@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_every_form_names_the_field_of_the_spec(width):
    plan = refused()
    (entry,) = changes(view(plan, Context()).entries, Context(), "prod")
    shown = {
        "terminal": " ".join(text(plan, color=False, width=width).split()),
        "comment": comment.document(plan, Context()).replace("`", ""),
        "page": entry["todo"],
    }
    for name, words in shown.items():
        assert "spec.retention" in words, name
        assert "back to 7d" in words, name
        assert "specs/features/customer.yaml:9" in words, name


@pytest.mark.parametrize("width", [60, 80, 120])
def test_the_sentence_stays_in_the_terminal(width):
    lines = text(refused(), color=False, width=width).split("\n")
    at = next(index for index, line in enumerate(lines) if line.strip().startswith("to do:"))
    end = next(index for index in range(at, len(lines)) if lines[index].endswith(":"))
    assert all(len(line) <= width for line in lines[at : end + 1])


def test_the_reason_names_the_field_first():
    (step,) = [each for each in refused()["steps"] if each["action"] == Action.REPLACE]
    assert step["reason"] == Reason.CANNOT_UPDATE
    assert why(step) == "AWS cannot change spec.retention (Ttl.Value) in place"


@pytest.mark.parametrize(
    ("at", "said"),
    [
        pytest.param(SPEC, "spec.retention (Ttl.Value)", id="a field"),
        pytest.param(Span("a", 1, 1), "Ttl.Value", id="a line that is of no field"),
        pytest.param(Span("a", 1, 1, 1, ("spec",)), "Ttl.Value", id="the spec as a whole"),
        pytest.param(None, "Ttl.Value", id="no line"),
        pytest.param(
            Span("a", 1, 1, 1, ("spec", "properties", "Ttl", "Value")),
            "spec.properties.Ttl.Value",
            id="a spec in AWS's own words",
        ),
    ],
)
def test_a_property_in_the_words_of_a_spec(at, said):
    assert in_words("Ttl.Value", at) == said


def test_what_a_field_says_is_no_part_of_what_it_is():
    one, other = (FieldChange(("A",), 1, 2, Effect.IN_PLACE, at) for at in (SPEC, replace(SPEC)))
    assert one == replace(other, back=4)
    assert Span(SPEC.file, SPEC.line, SPEC.column, SPEC.length) == SPEC
