"""The forms in which a plan or a drift report can be written. One line adds one.

A form is a module with a pure function `document(plan, context) -> str`, which
starts from the plan's JSON (`reconciler.model.plan.plan_to_json`); it is
imported when it is asked for.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from reconciler.model.value import Json


@dataclass(frozen=True, slots=True)
class Context:
    """What a document may say besides the plan itself. The same input gives the same bytes."""

    sources: Mapping[str, str] = field(default_factory=dict)
    """The text of the platform's files by name, secrets masked; for excerpts."""
    drift: bool = False
    """It is the morning's report: values are told from declared to live."""
    owned: Sequence[Mapping[str, Json]] = ()
    """Steps (as JSON) that an autoscaler or a rollout moves by right; for drift."""
    link: str = ""
    """Address of the complete artefact, where this document has to be short."""


@dataclass(frozen=True, slots=True)
class Form:
    """One form: the module that writes it, and what it is for."""

    module: str
    about: str


FORMS: Mapping[str, Form] = {
    "markdown": Form("comment.comment", "the comment on a pull or merge request"),
    "html": Form("html.report", "one page that needs nothing else"),
    "terraform-json": Form("machine.terraform", "the plan as `terraform show -json` has it"),
    "sarif": Form("machine.sarif", "the findings, SARIF 2.1.0"),
    "junit": Form("machine.junit", "the findings as test results, JUnit XML"),
    "mermaid": Form("diagram.mermaid", "the graph of what changes, for Markdown"),
    "dot": Form("diagram.dot", "the same graph for Graphviz"),
    "svg": Form("diagram.svg", "the same graph as a picture"),
}


def document(form: str, plan: Mapping[str, Json], context: Context) -> str:
    """A plan in one of the forms.

    Raises:
        KeyError: there is no such form.
    """
    module = importlib.import_module(f"reconciler.render.{FORMS[form].module}")
    text: str = module.document(plan, context)
    return text
