"""The example platform compiles in every environment without a word."""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import botocore
import pytest
from botocore.validate import ParamValidator

from reconciler.aws.tokens import LENGTH, members
from reconciler.cli.frame.checked import checked, repository
from reconciler.compile import check, compiler
from reconciler.kinds.api import load
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.document import Document
from reconciler.model.graph import Graph
from reconciler.model.secret import Secret
from reconciler.model.value import Ref, resolve
from reconciler.plan import calls
from reconciler.plan.diff import compare
from reconciler.resources.api import lookup
from reconciler.sandbox.protocol.sessions import core
from reconciler.specs import overlay
from reconciler.specs.source import parse

ROOT = Path(__file__).parents[2]
ENVIRONMENTS = ["local", "dev", "staging", "prod"]


@cache
def documents() -> tuple[Document, ...]:
    files = sorted([*ROOT.glob("specs/**/*.yaml"), *ROOT.glob("environments/*.yaml")])
    read = [parse(file.read_bytes(), str(file.relative_to(ROOT))) for file in files]
    assert [found for each in read for found in each.diagnostics] == []
    return tuple(document for each in read for document in each.documents)


@cache
def compiled(environment: str) -> tuple[Graph, list[Diagnostic]]:
    view, found = overlay.resolve(documents(), environment)
    assert view is not None, found
    specs, problems = checked(documents(), view, (), repository(ROOT))
    graph, more = compiler.build(specs, view)
    return graph, [*found, *problems, *more, *check.problems(graph)]


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_there_is_nothing_to_say(environment: str) -> None:
    assert compiled(environment)[1] == []


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_aws_would_take_every_request_that_makes_it(environment: str) -> None:
    """Required members, types and lengths, judged by botocore's own shapes."""
    session = core()
    view, _ = overlay.resolve(documents(), environment)
    assert view is not None
    refused = []
    for node in compiled(environment)[0]:
        resource = lookup(node.address.type)
        assert resource is not None
        change = compare(node.address, node.props, None, resource)
        model = session.get_service_model(resource.service)
        names = {botocore.xform_name(name): name for name in model.operation_names}
        for call in calls.create(change, resource, compiler.place_of(view)):
            shape = model.operation_model(names[call.method]).input_shape
            tokens = dict.fromkeys(members(model, names[call.method]), "0" * LENGTH)
            sent = {**tokens, **told(resolve(call.params, sample))}
            report = ParamValidator().validate(sent, shape)
            refused += [(call.method, report.generate_report())] if report.has_errors() else []
    assert refused == []


def told(value: Any) -> Any:
    """A request in which values of secrets stand, as an apply sends it."""
    if isinstance(value, dict):
        return {key: told(each) for key, each in value.items()}
    if isinstance(value, list):
        return [told(each) for each in value]
    return "a value" if isinstance(value, Secret) else value


def sample(ref: Ref) -> str:
    """An output of the right form."""
    return f"arn:aws:iam::123456789012:role/{ref.target.name}" if "Arn" in ref.output else "name"


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_it_is_a_platform_of_some_size(environment: str) -> None:
    assert len(compiled(environment)[0]) > 100


def test_every_kind_is_shown() -> None:
    # `Resource` is the way out where no kind fits: `docs/any-type.md` shows it
    assert {document.data["kind"] for document in documents()} == set(load()) - {"Resource"}


def test_one_document_a_file() -> None:
    assert max(Counter(document.file for document in documents()).values()) == 1


def test_prod_is_larger_than_dev() -> None:
    def instances(environment: str) -> int:
        graph, _ = compiled(environment)
        return sum(
            variant["InitialInstanceCount"]
            for node in graph
            if node.address.type == "AWS::SageMaker::EndpointConfig"
            for variant in node.props["ProductionVariants"]
        )

    assert instances("dev") < instances("staging") < instances("prod")


def test_each_environment_has_an_account_of_its_own() -> None:
    views = [overlay.resolve(documents(), name)[0] for name in ENVIRONMENTS]
    assert len({view.account for view in views if view}) == len(ENVIRONMENTS)
    assert [view.spec.sandbox for view in views if view] == [True, False, False, False]
