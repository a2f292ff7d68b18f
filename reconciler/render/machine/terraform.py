"""The plan in the shape of `terraform show -json`, for tools that read that.

A type has the name that Terraform's awscc provider gives it, which is made from
the CloudFormation type: ``AWS::SageMaker::FeatureGroup`` is
``awscc_sagemaker_feature_group``, and properties are in snake case. Keys that
users chose stay as they are, and documents are JSON text. A resource is called
after its physical name.

What is not known before the apply is left out of `after` and marked in
`after_unknown`; what must not be shown is null and marked as sensitive. What
was before follows from the properties that differ, so of a resource that is
removed or replaced only they are known, and unchanged resources are left out.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence

from reconciler.model.change import Action, Effect, Reason
from reconciler.model.value import Json, digest
from reconciler.render.formats import Context
from reconciler.render.machine.before import before_of
from reconciler.render.machine.terms import Terms, Written, identifier, snake, terms
from reconciler.render.vocabulary.entries import Entry, entries

__all__ = ["document"]

FORMAT = "1.2"
VERSION = "1.9.0"
"""The Terraform whose form this is."""
PROVIDER = "registry.terraform.io/hashicorp/awscc"
_ACTIONS: Mapping[str, list[str]] = {
    Action.CREATE: ["create"],
    Action.UPDATE: ["update"],
    Action.ADOPT: ["update"],
    Action.DELETE: ["delete"],
    Action.NONE: ["no-op"],
}
_CREATED: Mapping[str, Json] = {"before": None, "before_sensitive": False}
_DELETED: Mapping[str, Json] = {"after": None, "after_unknown": {}, "after_sensitive": False}


def document(plan: Mapping[str, Json], context: Context) -> str:  # noqa: ARG001 - the contract
    """The whole plan."""
    found = entries(plan)
    addresses = _addresses(found)
    made = [_Resource(entry, addresses) for entry in found]
    kept = [each for each in made if each.after is not None]
    changed = [each.change() for each in made]
    root = {"resources": [each.planned() for each in kept]} if kept else {}
    summary = plan["summary"]
    return (
        json.dumps(
            {
                "format_version": FORMAT,
                "terraform_version": VERSION,
                "variables": _variables(plan),
                "planned_values": {"root_module": root},
                "resource_changes": changed,
                "prior_state": _prior(made),
                "configuration": _configuration(kept),
                "applyable": bool(found) and not summary["refused"],
                "complete": True,
                "errored": any(each["severity"] == "error" for each in plan["diagnostics"]),
            },
            separators=(",", ":"),
            ensure_ascii=False,
        )
        + "\n"
    )


class _Resource:
    """One entry of a plan under its Terraform address."""

    def __init__(self, entry: Entry, addresses: Mapping[str, str]) -> None:
        self.entry, self.step = entry, entry.step
        self.address = addresses[self.step["id"]]
        self.type, _, self.name = self.address.partition(".")
        self.needs = sorted(
            {
                addresses[need]
                for half in entry.halves
                for need in half["needs"]
                if need in addresses and addresses[need] != self.address
            }
        )
        words = terms(self.step["type"])
        self.after = self._after(words)
        self.before = self._before(words)
        self.replaced = [
            [snake(field["path"][0])]
            for field in self.step["fields"]
            if field["effect"] == Effect.REPLACE and field["path"]
        ]

    def _after(self, words: Terms) -> Written | None:
        if self.step["action"] == Action.DELETE:
            return None
        return words.written(self.step["desired"])

    def _before(self, words: Terms) -> Written | None:
        if self.step["action"] == Action.CREATE:
            return None
        return words.written(before_of(self.step))

    @property
    def head(self) -> dict[str, Json]:
        return {
            "address": self.address,
            "mode": "managed",
            "type": self.type,
            "name": self.name,
        }

    def change(self) -> dict[str, Json]:
        """The part of `resource_changes`."""
        change: dict[str, Json] = {"actions": self._actions()}
        before, after = self.before, self.after
        change |= _CREATED if before is None else {"before": before.value}
        change |= _DELETED if after is None else {"after": after.value}
        if before is not None:
            change["before_sensitive"] = before.sensitive
        if after is not None:
            change |= {"after_unknown": after.unknown, "after_sensitive": after.sensitive}
        if self.step["action"] == Action.REPLACE and self.replaced:
            change["replace_paths"] = _once(self.replaced)
        whole = {**self.head, "provider_name": PROVIDER, "change": dict(sorted(change.items()))}
        if self.step["action"] == Action.REPLACE:
            whole["action_reason"] = "replace_because_cannot_update"
        elif self.step["action"] == Action.DELETE and self.step["reason"] != Reason.DESTROYED:
            whole["action_reason"] = "delete_because_no_resource_config"
        return whole

    def _actions(self) -> list[str]:
        if self.step["action"] != Action.REPLACE:
            return _ACTIONS[self.step["action"]]
        removal = self.entry.removal
        first = removal is not None and removal["id"] in self.step["needs"]
        return ["delete", "create"] if first else ["create", "delete"]

    def planned(self) -> dict[str, Json]:
        """The part of `planned_values`."""
        assert self.after is not None  # noqa: S101 - narrows the type
        return self._state(self.after)

    def prior(self) -> dict[str, Json]:
        """The part of `prior_state`."""
        assert self.before is not None  # noqa: S101 - narrows the type
        return self._state(self.before)

    def _state(self, written: Written) -> dict[str, Json]:
        sensitive = written.sensitive if isinstance(written.sensitive, dict) else {}
        state = {**self.head, "provider_name": PROVIDER, "schema_version": 0}
        return {**state, "values": written.value, "sensitive_values": sensitive}

    def configured(self) -> dict[str, Json]:
        """The part of `configuration`: what stands in the specs, references as references."""
        assert self.after is not None  # noqa: S101 - narrows the type
        out = {**self.head, "provider_config_key": "awscc", "schema_version": 0}
        out["expressions"] = {
            key: {"references": self._references(key)}
            if self.after.unknown.get(key)
            else {"constant_value": value}
            for key, value in {**dict.fromkeys(self.after.unknown), **self.after.value}.items()
        }
        return {**out, **({"depends_on": self.needs} if self.needs else {})}

    def _references(self, key: str) -> list[str]:
        """Terraform names what an unknown value is made of; the last one is the resource."""
        assert self.after is not None  # noqa: S101 - narrows the type
        return [
            part
            for type_, name, output in self.after.references.get(key, ())
            for address in [_address(type_, name)]
            for part in (f"{address}.{snake(output)}", address)
        ]


def _once(paths: Sequence[list[str]]) -> list[list[str]]:
    return [list(path) for path in dict.fromkeys(tuple(path) for path in paths)]


def _address(type_: str, name: str) -> str:
    return f"{terms(type_).name}.{identifier(name)}"


def _addresses(found: Sequence[Entry]) -> dict[str, str]:
    """The Terraform address of each step; names that differ in punctuation only get a digest."""
    plain = {entry.step["id"]: _address(entry.step["type"], entry.step["name"]) for entry in found}
    taken = Counter(plain.values())
    out: dict[str, str] = {}
    for entry in found:
        id_ = entry.step["id"]
        address = plain[id_]
        if taken[address] > 1:
            address += "_" + digest(id_, 8)
        out |= {half["id"]: address for half in entry.halves}
    return out


def _variables(plan: Mapping[str, Json]) -> dict[str, Json]:
    """Where the plan is for, as the variables that a Terraform user would have."""
    names = ("environment", "platform", "account", "region", "commit")
    return {name: {"value": plan[name]} for name in names}


def _prior(made: Sequence[_Resource]) -> dict[str, Json]:
    resources = [each.prior() for each in made if each.before is not None]
    root = {"resources": resources} if resources else {}
    values = {"root_module": root}
    return {"format_version": "1.0", "terraform_version": VERSION, "values": values}


def _configuration(kept: Sequence[_Resource]) -> dict[str, Json]:
    provider = {"name": "awscc", "full_name": PROVIDER}
    root = {"resources": [each.configured() for each in kept]} if kept else {}
    return {"provider_config": {"awscc": provider}, "root_module": root}
