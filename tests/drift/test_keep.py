"""What is live is written into the specs: the right value in the right place, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from hypothesis import assume, given, settings, strategies as st

from reconciler.compile import compiler
from reconciler.drift.keep import Keeper
from reconciler.model.address import Address
from reconciler.model.change import Action, FieldChange, Observed, Reason
from reconciler.model.graph import Graph
from reconciler.model.plan import Step
from reconciler.model.value import SENSITIVE
from reconciler.plan.diff import compare
from reconciler.resources import api as resources
from reconciler.specs import overlay
from reconciler.specs.source import parse

ENVIRONMENTS = """\
apiVersion: moorline/v1
kind: Environment
metadata: {name: base}
spec:
  platform: acme
  account: "123456789012"
  region: eu-west-1
  variables: {amount: 50, shared: 70d}
---
apiVersion: moorline/v1
kind: Environment
metadata: {name: dev}
spec:
  extends: base
  variables: {amount: 100}   # what dev may cost
  overrides:
    FeatureGroup/customer: {spec: {online: {expireAfter: 30d}}} # short
"""
SPECS = """\
apiVersion: moorline/v1
kind: Budget
metadata: {name: month, owner: a}
spec: {amount: "${amount}", thresholds: [{at: 80%}], subscribers: {emails: [a@example.com]}}
---
apiVersion: moorline/v1
kind: DataSource
metadata: {name: raw, owner: a}
spec:
  s3:
    lifecycle: {expireAfter: 90d}  # the law says so
---
apiVersion: moorline/v1
kind: DataSource
metadata: {name: old, owner: a}
spec: {s3: {lifecycle: {expireAfter: "${shared}"}}}
---
apiVersion: moorline/v1
kind: FeatureGroup
metadata: {name: customer, owner: a}
spec:
  recordId: id
  eventTime: ts
  features: {id: string, ts: string}
  online: {expireAfter: 60d}
"""


@dataclass
class Folder:
    """Two files, compiled in memory."""

    files: dict[str, str] = field(
        default_factory=lambda: {"env.yaml": ENVIRONMENTS, "specs.yaml": SPECS}
    )

    def documents(self, more: Any = None) -> Any:
        texts = {**self.files, **(more or {})}
        found = [parse(text, name) for name, text in texts.items()]
        if any(each.is_error for one in found for each in one.diagnostics):
            return None
        return [document for one in found for document in one.documents]

    def view(self) -> overlay.EnvironmentView:
        view, found = overlay.resolve(self.documents(), "dev")
        assert view, found
        return view

    def graph(self, more: Any = None) -> Graph | None:
        documents = self.documents(more)
        view, _ = overlay.resolve(documents, "dev") if documents else (None, [])
        if view is None:
            return None
        specs, found = compiler.read(documents, view)
        graph, problems = compiler.build(specs, view)
        return None if any(each.is_error for each in (*found, *problems)) else graph

    def drifted(self, address: str, **live: Any) -> Step:
        """A resource of which these properties are live, and all else is as declared."""
        at = Address.parse(address)
        graph = self.graph()
        assert graph
        node = graph.nodes[at]
        tags = {tag["Key"]: tag["Value"] for tag in node.props.get("Tags", ())}
        observed = Observed({**node.props, **live}, tags=tags)
        change = compare(at, node.props, observed, resources.load()[at.type], node.origin)
        return Step(address, at, Action.UPDATE, Reason.DIFFERS, fields=change.fields)

    def keep(self, *steps: Step) -> Keeper:
        keeper = Keeper(self.view(), self.files.__getitem__, self.graph, resources.load())
        keeper.keep([*steps])
        return keeper


BUDGET = "AWS::Budgets::Budget/acme-dev-month"
RAW = "AWS::S3::Bucket/acme-dev-raw-123456789012"
OLD = "AWS::S3::Bucket/acme-dev-old-123456789012"
GROUP = "AWS::SageMaker::FeatureGroup/acme-dev-customer-v1"


def limit(amount: float) -> dict[str, Any]:
    graph = Folder().graph()
    assert graph
    data = graph.nodes[Address.parse(BUDGET)].props["Budget"]
    return {"Budget": {**data, "BudgetLimit": {**data["BudgetLimit"], "Amount": amount}}}


def expiry(address: str, days: int) -> dict[str, Any]:
    graph = Folder().graph()
    assert graph
    rules = graph.nodes[Address.parse(address)].props["LifecycleConfiguration"]["Rules"]
    new = [{**r, "ExpirationInDays": days} if "ExpirationInDays" in r else r for r in rules]
    return {"LifecycleConfiguration": {"Rules": new}}


def ttl(value: int, unit: str = "Days") -> dict[str, Any]:
    graph = Folder().graph()
    assert graph
    online = graph.nodes[Address.parse(GROUP)].props["OnlineStoreConfig"]
    return {"OnlineStoreConfig": {**online, "TtlDuration": {"Unit": unit, "Value": value}}}


def test_a_value_is_written_where_it_stands() -> None:
    folder = Folder()
    keeper = folder.keep(folder.drifted(RAW, **expiry(RAW, 30)))
    assert keeper.left == []
    assert keeper.changed() == {"specs.yaml": SPECS.replace("90d", "30d")}
    (written,) = keeper.written
    assert (written.at.line, written.before, written.after) == (11, "90d", "30d")


def test_a_variable_is_written_where_the_environment_sets_it() -> None:
    folder = Folder()
    keeper = folder.keep(folder.drifted(BUDGET, **limit(500)))
    assert keeper.left == []
    wanted = ENVIRONMENTS.replace("{amount: 100}", "{amount: 500}")
    assert keeper.changed() == {"env.yaml": wanted}


def test_an_override_is_written_in_the_environment() -> None:
    folder = Folder()
    keeper = folder.keep(folder.drifted(GROUP, **ttl(12, "Hours")))
    assert keeper.left == []
    assert keeper.changed() == {
        "env.yaml": ENVIRONMENTS.replace("expireAfter: 30d", "expireAfter: 12h")
    }
    assert {each.path[-1] for each in keeper.written} == {"Unit", "Value"}


def test_what_other_environments_share_is_refused_with_its_place() -> None:
    folder = Folder()
    keeper = folder.keep(folder.drifted(OLD, **expiry(OLD, 30)))
    assert keeper.changed() == {}
    (left,) = keeper.left
    assert "env.yaml:8:" in left.why
    assert "'base'" in left.why


def test_several_are_written_at_once() -> None:
    folder = Folder()
    steps = [folder.drifted(RAW, **expiry(RAW, 30)), folder.drifted(BUDGET, **limit(500)),
             folder.drifted(GROUP, **ttl(7))]  # fmt: skip
    keeper = folder.keep(*steps)
    assert keeper.left == []
    folder.files |= keeper.changed()
    again = [folder.drifted(RAW, **expiry(RAW, 30)), folder.drifted(BUDGET, **limit(500)),
             folder.drifted(GROUP, **ttl(7))]  # fmt: skip
    assert [step.fields for step in again] == [(), (), ()]


def test_a_value_that_no_spec_may_have_is_left() -> None:
    folder = Folder()
    keeper = folder.keep(folder.drifted(BUDGET, **limit(-5)))
    assert keeper.changed() == {}
    assert "not one that a spec may have" in keeper.left[0].why


def test_what_would_change_something_else_is_left() -> None:
    """One variable behind two buckets, and only one of them has drifted."""
    folder = Folder()
    folder.files["specs.yaml"] = SPECS.replace("90d", '"${days}"').replace("${shared}", "${days}")
    folder.files["env.yaml"] = ENVIRONMENTS.replace("{amount: 100}", "{amount: 100, days: 90d}")
    one = folder.drifted(RAW, **expiry(RAW, 30))
    keeper = folder.keep(one)
    assert keeper.changed() == {}
    assert "would also change LifecycleConfiguration.Rules" in keeper.left[0].why
    both = folder.keep(one, folder.drifted(OLD, **expiry(OLD, 30)))
    assert both.left == []
    assert "days: 30d" in both.changed()["env.yaml"]


def test_a_secret_is_left() -> None:
    folder = Folder()
    step = folder.drifted(RAW, **expiry(RAW, 30))
    masked = replace(step, fields=(replace(step.fields[0], before=SENSITIVE),))
    assert folder.keep(masked).left[0].why == "it is a secret, or not known"


def test_what_is_missing_or_undeclared_is_left() -> None:
    step = Step(RAW, Address.parse(RAW), Action.CREATE, Reason.ABSENT)
    left = Folder().keep(step, replace(step, reason=Reason.NOT_DECLARED)).left
    assert [each.why.partition(":")[0] for each in left] == [
        "it does not exist",
        "no spec declares it",
    ]


def test_a_difference_without_a_line_is_left() -> None:
    folder = Folder()
    step = folder.drifted(RAW, **expiry(RAW, 30))
    nowhere: FieldChange = replace(step.fields[0], at=None)
    assert folder.keep(replace(step, fields=(nowhere,))).left[0].why == "no line of a spec says it"


@settings(max_examples=25, deadline=None, derandomize=True)
@given(st.integers(1, 3650), st.integers(1, 10**6))
def test_what_is_written_compiles_to_what_is_live(days: int, amount: int) -> None:
    folder = Folder()
    live = [(RAW, expiry(RAW, days)), (BUDGET, limit(amount))]
    steps = [folder.drifted(address, **props) for address, props in live]
    assume(all(step.fields for step in steps))
    keeper = folder.keep(*steps)
    assert keeper.left == []
    for text, new in ((SPECS, "specs.yaml"), (ENVIRONMENTS, "env.yaml")):
        changed = keeper.changed().get(new, text)
        assert changed.count("#") == text.count("#")
        assert len(changed.splitlines()) == len(text.splitlines())
    folder.files |= keeper.changed()
    assert all(not folder.drifted(address, **props).fields for address, props in live)


THRESHOLDS = "NotificationsWithSubscribers"


def budget() -> tuple[Folder, str]:
    """A budget of two thresholds, and how they are written."""
    folder = Folder()
    listed = "thresholds: [{at: 80%}, {at: 95%}]"
    folder.files["specs.yaml"] = SPECS.replace("thresholds: [{at: 80%}]", listed)
    return folder, listed


def told(folder: Folder, *live: dict[str, Any]) -> Keeper:
    return folder.keep(folder.drifted(BUDGET, **{THRESHOLDS: [*live]}))


def members(folder: Folder, *shares: int) -> list[dict[str, Any]]:
    """The declared notifications, with other shares."""
    graph = folder.graph()
    assert graph
    declared = graph.nodes[Address.parse(BUDGET)].props[THRESHOLDS]
    return [
        {**each, "Notification": {**each["Notification"], "Threshold": share}}
        for each, share in zip(declared, shares, strict=False)
    ]


def test_a_value_inside_a_member_of_a_list_is_written_where_it_stands() -> None:
    for shares, wanted in (((70, 95), ("70%", "95%")), ((80, 120), ("80%", "120%"))):
        folder, listed = budget()
        keeper = told(folder, *members(folder, *shares))
        assert keeper.left == []
        said = f"thresholds: [{{at: {wanted[0]}}}, {{at: {wanted[1]}}}]"
        before = folder.files["specs.yaml"]
        assert keeper.changed() == {"specs.yaml": before.replace(listed, said)}


def test_members_that_come_go_or_change_together_are_left_to_people() -> None:
    folder, _ = budget()
    both = members(folder, 70, 120)
    other = {**both[0], "Subscribers": [{"SubscriptionType": "EMAIL", "Address": "b@example.com"}]}
    for live in (both, members(folder, 80), [*members(folder, 80, 95), other]):
        keeper = told(folder, *live)
        assert keeper.changed() == {}
        (left,) = keeper.left
        assert "not a single value" in left.why
