"""Calls that notebooks and templates make: a spec of ours compiles to them.

`specs/ID.yaml` beside this folder says how: first a document with `differences` (a path in a call,
and why ours is another one there) or with `skip` (why no spec can say it), then the specs. A call
is compared member by member: what it says has to be in ours, and ours says no more. Values that
the case leaves open, names that Moorline makes, and what is no call yet are not compared.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from reconciler.model.value import Join, JsonText, Ref
from reconciler.sandbox.inprocess import sandbox
from tests.conformance.result import Result

OURS = Path(__file__).parents[1] / "specs"
OPEN = re.compile(r"\$\{|^<.*>$|^$")
MADE = re.compile(r"^(acme[-/]|arn:aws:\w+:)|acme-dev")
SIGNED = {"Tags", "ResourceTags", "AccountId"}
"""Each resource carries the tags by which it is ours."""
CLOUD_CONTROL = "create_resource"


def run(folder: Path) -> Iterator[Result]:
    """One result for each case."""
    for case in json.loads((folder / "spec_cases.json").read_text()):
        path = OURS / f"{case['id']}.yaml"
        name = f"{case['id']} {case['title']}"
        if not path.exists():
            yield Result(name, "open", "no spec of ours says it")
            continue
        head, _, rest = path.read_text().partition("\n---\n")
        about = yaml.safe_load(head) or {}
        if "skip" in about:
            yield Result(name, "skipped", about["skip"])
            continue
        wrong = differences(case["calls"], calls(rest), about.get("differences") or {})
        yield Result(name, "failed" if wrong else "passed", "; ".join(wrong))


def calls(text: str) -> list[tuple[str, Any]]:
    """What applying our specs in an empty account sends, by method; after edits as well."""
    from tests.engine.platform import Platform

    found = []
    with sandbox() as aws:
        platform = Platform(aws)
        for each in text.split("\n# then\n"):
            platform.text = each
            plan = platform.plan()
            faults = [it.message for it in plan.diagnostics if it.is_error]
            if faults:
                raise ValueError("; ".join(faults))
            found += [_sent(it.method, it.params) for step in plan.steps for it in step.calls]
            platform.apply(plan)
    return found


def _sent(method: str, params: Mapping[str, Any]) -> tuple[str, Any]:
    """A call; what goes through AWS's handlers by the name that the service has for it."""
    if method != CLOUD_CONTROL:
        return method, params
    noun = str(params["TypeName"]).rpartition("::")[2]
    state = params["DesiredState"]
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", noun).lower()
    return f"create_{words}", state.document if isinstance(state, JsonText) else json.loads(state)


def differences(
    wanted: list[Mapping[str, Any]], ours: list[tuple[str, Any]], allowed: Mapping[str, str]
) -> list[str]:
    """Where our calls are others than those of a case, but for what is allowed and why."""
    found: list[str] = []
    seen: dict[str, int] = {}
    for call in wanted:
        index = seen[call["op"]] = seen.get(call["op"], -1) + 1
        at = call["op"] if index == 0 else f"{call['op']}[{index}]"
        same = [params for method, params in ours if method == call["op"]]
        if index >= len(same):
            found.append(f"{at}: no such call")
        else:
            found += _differences(call["params"], same[index], at)
    used = {
        path: [each for each in found if _within(each.partition(": ")[0], path)] for path in allowed
    }
    left = [each for each in found if not any(each in said for said in used.values())]
    return [*left, *(f"{path}: no difference any more" for path, said in used.items() if not said)]


def _within(at: str, path: str) -> bool:
    return at == path or at.startswith((f"{path}.", f"{path}["))


def _differences(wanted: Any, ours: Any, at: str) -> Iterator[str]:
    if isinstance(wanted, Mapping) and isinstance(ours, Mapping):
        for key in (it for it in dict.fromkeys([*wanted, *ours]) if it not in SIGNED):
            yield from _member(wanted, ours, key, f"{at}.{key}")
    elif isinstance(wanted, list) and isinstance(ours, list | tuple):
        for index, (one, other) in enumerate(zip(wanted, ours, strict=False)):
            yield from _differences(one, other, f"{at}[{index}]")
        if len(wanted) != len(ours):
            yield f"{at}: {len(ours)} members, not {len(wanted)}"
    elif not (_open(wanted) or _made(ours) or _same(wanted, ours)):
        yield f"{at}: {ours!r}, not {wanted!r}"


def _member(wanted: Mapping[str, Any], ours: Mapping[str, Any], key: str, at: str) -> Iterator[str]:
    if key not in ours:
        yield f"{at}: ours says nothing"
    elif key in wanted:
        yield from _differences(wanted[key], ours[key], at)
    elif not _made(ours[key]):
        yield f"{at}: ours says {json.dumps(ours[key], default=str)}"


def _open(wanted: Any) -> bool:
    return isinstance(wanted, str) and OPEN.search(wanted) is not None


def _same(wanted: Any, ours: Any) -> bool:
    if isinstance(wanted, int | float) and not isinstance(wanted, bool):
        return float(wanted) == float(ours)
    return bool(wanted == ours)


def _made(ours: Any) -> bool:
    return isinstance(ours, Ref | Join) or (isinstance(ours, str) and bool(MADE.search(ours)))
