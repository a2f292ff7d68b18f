"""Destroying what no tag leads to: by its spec, by a receipt, or told that it may be left."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from random import Random

import pytest
from engine.platform import FAULTS, join, spec

from reconciler import engine
from reconciler.facts import facts
from reconciler.model.address import Address
from reconciler.model.change import Action
from reconciler.model.plan import Plan
from reconciler.model.value import SENSITIVE, to_json
from reconciler.sandbox.inprocess import Sandbox, sandbox
from reconciler.sandbox.services.cloudcontrol import faults

from .lives import Here, Life
from .values import drawn

ASSOCIATION = "AWS::Connect::IntegrationAssociation"
QUERY = """
  type: AWS::Athena::NamedQuery
  properties: {Database: acme, QueryString: SELECT 1%s}
"""
API = """
  type: AWS::ApiGatewayV2::Api
  properties: {ProtocolType: HTTP}
"""
STAGE = """
  type: AWS::ApiGatewayV2::Route
  properties: {ApiId: "${ref:Resource/front.ApiId}", RouteKey: GET /}
"""
ALL = "records, traffic, keys, history"


@pytest.fixture
def aws() -> Iterator[Sandbox]:
    with sandbox() as found:
        found.faults = FAULTS
        found.clock.configure(mode="manual")
        yield found
        FAULTS.clear()
        faults.clear()


def plan(here: Here, *, destroy: bool = False) -> Plan:
    here.restart()
    request = here.request(destroy=destroy)
    return engine.make_plan(request, here.session, lambda *_: None)


def turn(here: Here, *, destroy: bool = False) -> Plan:
    """Plan and apply without any receipt; all goes well."""
    made = plan(here, destroy=destroy)
    assert [each for each in made.diagnostics if each.is_error] == []
    run = here.apply(made)
    assert (run.failures, run.skipped) == ({}, {})
    return made


def test_with_an_identifier_of_several_parts_and_tags(aws: Sandbox) -> None:
    case = drawn(facts(ASSOCIATION), Random("going"))
    assert case is not None
    life = Life(aws, case)
    life.whole()
    assert life.turn(case.made) == [Action.CREATE]
    life.last = None  # nobody knows of it any more but AWS and its spec
    assert life.turn(case.made, destroy=True) == [Action.DELETE]
    assert life.models() == {}


def test_what_tags_claim_and_nothing_addresses_is_told(aws: Sandbox) -> None:
    case = drawn(facts(ASSOCIATION), Random("going"))
    assert case is not None
    life = Life(aws, case)
    life.turn(case.made)
    aws.clock.advance(8 * 86_400)  # AWS has forgotten the request
    life.last = None
    life.platform.text = ""
    life.platform.restart()
    request = life.platform.request()
    found = engine.make_plan(request, life.platform.session, lambda *_: None)
    assert found.steps == ()
    (told,) = [each for each in found.diagnostics if each.code == "CLOUD002"]
    assert "may exist" in told.message
    assert ASSOCIATION in told.message


def test_without_tags_by_the_spec_and_what_it_is_part_of(aws: Sandbox) -> None:
    here = Here(aws, allow=ALL)
    here.text = join(spec("Resource", "front", API), spec("Resource", "get", STAGE))
    turn(here)
    assert plan(here).steps == ()
    gone = turn(here, destroy=True)
    assert {step.address.type for step in gone.steps} == {
        "AWS::ApiGatewayV2::Api",
        "AWS::ApiGatewayV2::Route",
    }
    for type_ in ("AWS::ApiGatewayV2::Api", "AWS::ApiGatewayV2::Route"):
        assert faults.true_models(type_) == {}


def test_without_tags_and_of_somebody_else_it_stays_and_is_told(aws: Sandbox) -> None:
    here = Here(aws, allow=ALL)
    here.text = spec("Resource", "q", QUERY % ", Name: theirs")
    turn(here)
    left = plan(here, destroy=True)
    assert left.steps == ()
    (told,) = [each for each in left.diagnostics if each.code == "CLOUD002"]
    assert "stays" in told.message
    here.text = spec("Resource", "mine", QUERY % "")
    turn(here)
    assert [step.action for step in turn(here, destroy=True).steps] == [Action.DELETE]


def test_a_destroy_with_nothing_there_says_nothing(aws: Sandbox) -> None:
    here = Here(aws, allow=ALL)
    here.text = join(spec("Resource", "q", QUERY % ""), spec("Resource", "front", API))
    nothing = plan(here, destroy=True)
    assert (nothing.steps, nothing.diagnostics) == ((), ())


def test_a_spec_that_is_gone_and_a_receipt_that_knows_it(aws: Sandbox) -> None:
    """The tag index may not have it yet: the receipt addresses it, and its own tags decide."""
    here = Here(aws, allow=ALL)
    here.text = spec("Resource", "front", API)
    aws.lag({"resourcegroupstaggingapi.GetResources": 50})
    turn(here)
    (node,) = [step.address for step in plan(here, destroy=True).steps]
    here.text = ""
    here.restart()
    request = replace(here.request(), left=frozenset({node}), applied={node: {}})
    found = engine.make_plan(request, here.session, lambda *_: None)
    assert [step.action for step in found.steps] == [Action.DELETE]


def test_what_a_receipt_hides_addresses_nothing(aws: Sandbox) -> None:
    """An ARN may look like a secret, and then a receipt has none: AWS is not asked for its mark."""
    here = Here(aws, allow=ALL)
    here.text = spec("Resource", "front", API)
    route = Address("AWS::ApiGatewayV2::Route", "acme-dev-gone")
    hidden = to_json({"ApiId": SENSITIVE, "RouteKey": "GET /"})
    request = replace(here.request(), left=frozenset({route}), applied={route: hidden})
    found = engine.make_plan(request, here.session, lambda *_: None)
    assert [each.code for each in found.diagnostics if each.address == route] == ["CLOUD002"]
    assert found.errors == ()
