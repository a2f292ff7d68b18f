"""Tests of types that AWS lists only below something: without that it is not asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import pytest

from reconciler.model.value import Json, Props
from reconciler.resources import api
from reconciler.resources.answers import Absent
from reconciler.resources.cloudcontrol import events

ABOVE = {
    "AWS::ElasticLoadBalancingV2::Listener": "LoadBalancerArn",
    "AWS::ElasticLoadBalancingV2::ListenerRule": "ListenerArn",
}


@dataclass(slots=True)
class Account:
    """An account with nothing in it."""

    asked: list[str] = field(default_factory=list)

    def call(self, method: str, params: Props) -> Mapping[str, Json]:
        raise AssertionError((method, params))

    def maybe(self, method: str, params: Props, unset: frozenset[str]) -> Mapping[str, Json] | None:
        raise AssertionError((method, params, unset))

    def pages(self, method: str, params: Props, at: str) -> list[Json]:
        assert at
        self.asked.append(str(params.get("ResourceModel")) if method == events.LIST else "")
        return []

    def of(self, service: str, absent: Iterable[Absent]) -> Account:
        raise AssertionError((service, absent))


@pytest.mark.parametrize("type_", sorted(ABOVE))
def test_what_is_left_of_what_is_above_is_enough_or_not_asked(type_: str) -> None:
    """A rule goes with its listener; its tags stay for a while, and say nothing of a listener."""
    generic = api.load()[type_].generic
    assert generic is not None
    left: Props = {"Tags": [{"Key": "moorline:name", "Value": "a"}]}
    for props, known in ((left, False), ({**left, ABOVE[type_]: "arn"}, True)):
        account = Account()
        assert generic.seek(account, props, frozenset(), 0.0) is None
        assert len([each for each in account.asked if each]) == known
        assert generic.proves(props) is known
