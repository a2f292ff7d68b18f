"""What is right in each case of the set `bugs`, by the beginning of its folder's name.

Each function runs its case and says what is wrong, "" when nothing is. `SKIPPED` has what cannot
be run, with why.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from tests.conformance.scene import Said, Scene

Meaning: TypeAlias = Callable[[Scene], str]
LOCAL = ("-e", "local")
REFERENCE = "{{resolve:"

SKIPPED = {
    "W17": "it is about credentials that end within an endpoint's update; "
    "tests/engine/test_handed_over.py has them end in waits",
}


def _apply(scene: Scene, *, hook: bool = False) -> str:
    done = scene.moorline("apply", *LOCAL, "--yes", hook=hook)
    return "" if done.code == 0 else f"apply ended with {done.code}: {_last(done)}"


def _plan(scene: Scene, *more: str, hook: bool = False) -> Said:
    return scene.moorline("plan", *LOCAL, "--json", *more, hook=hook)


def _last(said: Said) -> str:
    lines = [line.strip() for line in said.text.splitlines() if line.strip()]
    return " | ".join(lines[-3:])[:300]


def _nothing(plan: Said) -> str:
    if plan.code or "steps" not in plan.data:
        return f"plan ended with {plan.code}: {_last(plan)}"
    found = [f"{step['action']} {step['name']}" for step in plan.steps]
    return f"it plans {', '.join(found)}" if found else ""


def _calls(plan: Said) -> list[tuple[str, Any]]:
    return [(call["method"], call["params"]) for step in plan.steps for call in step["calls"]]


def unchanged(scene: Scene) -> str:
    """Applied once, with the changed answers nothing is left to do, and drift says so too."""
    for look in (_apply, lambda it: _nothing(_plan(it, hook=True))):
        if wrong := look(scene):
            return wrong
    if wrong := _apply(scene, hook=True):
        return wrong
    drift = scene.moorline("drift", *LOCAL, hook=True)
    return "" if drift.code == 0 and "No drift" in drift.out else f"drift: {_last(drift)}"


def masked(scene: Scene) -> str:
    """As above, and the web hook is still subscribed. A reference in it may be refused before."""
    if (checked := scene.moorline("validate")).code:
        return "" if REFERENCE in checked.text else f"validate: {_last(checked)}"
    if wrong := unchanged(scene):
        return wrong
    found = scene.client("sns").list_subscriptions()["Subscriptions"]
    live = [each for each in found if each["SubscriptionArn"].startswith("arn:")]
    return "" if live else "the web hook is not subscribed any more"


def resolved(scene: Scene) -> str:
    """A reference that nobody resolves is refused, or never reaches AWS as it stands."""
    if scene.moorline("validate").code:
        return ""
    if wrong := _apply(scene):
        return wrong
    found = scene.client("sns").list_subscriptions()["Subscriptions"]
    raw = [each["Endpoint"] for each in found if REFERENCE in each["Endpoint"]]
    return f"SNS was sent {raw}" if raw else ""


def left(scene: Scene) -> str:
    """Who is listed as gone is subscribed again; plan and drift say that he is missing."""
    if wrong := _apply(scene):
        return wrong
    plan = _plan(scene, hook=True)
    if "subscribe" not in [method for method, _ in _calls(plan)]:
        return "the plan does not subscribe"
    drift = scene.moorline("drift", *LOCAL, hook=True)
    return "" if drift.code == 4 and "No drift" not in drift.out else f"drift: {_last(drift)}"


def carried(scene: Scene) -> str:
    """A bucket is taken over with the system's tags in the put."""
    if (done := scene.hand()).code:
        return f"hand.py: {_last(done)}"
    bucket = "AWS::S3::Bucket/shop-local-legacy-123456789012"
    plan = _plan(scene, "--adopt", bucket, hook=True)
    puts = [params for method, params in _calls(plan) if method == "put_bucket_tagging"]
    keys = {tag["Key"] for put in puts for tag in put["Tagging"]["TagSet"]}
    if not puts:
        return f"no put of tags is planned: {_last(plan)}"
    return "" if any(key.startswith("aws:") for key in keys) else f"the put has only {sorted(keys)}"


def kept(scene: Scene) -> str:
    """A group whose deletion failed is not deleted without leave: it may hold all its records."""
    if wrong := _apply(scene):
        return wrong
    plan = _plan(scene, hook=True)
    deletes = [step for step in plan.steps if "delete_feature_group" in str(step["calls"])]
    if any(not step["refused"] or step["destroys"] != "records" for step in deletes):
        return "it would be deleted"
    return "" if plan.code == 3 or not deletes else f"plan ended with {plan.code}"


def refused(*words: str) -> Meaning:
    """The files are refused, with a finding that has these words, before AWS is asked."""

    def look(scene: Scene) -> str:
        for verb in (("validate",), ("plan", *LOCAL, "--offline")):
            if (said := scene.moorline(*verb)).code:
                lacks = [word for word in words if word.casefold() not in said.text.casefold()]
                return f"it says nothing of {lacks}: {_last(said)}" if lacks else ""
        return "it is green"

    return look


def told(*words: str) -> Meaning:
    """The files are refused or warned of, in these words."""

    def look(scene: Scene) -> str:
        said = scene.moorline("validate")
        lacks = [word for word in words if word.casefold() not in said.text.casefold()]
        return f"it says nothing of {lacks}: {_last(said)}" if lacks else ""

    return look


def passed_over(scene: Scene) -> str:
    """A version that failed is not rolled out. Its registry has two descriptions: one is kept."""
    spec = scene.folder / "specs" / "live.yaml"
    spec.write_text(
        spec.read_text().replace("spec: {description: Risk of a customer.}", "spec: {}")
    )
    if (first := scene.moorline("apply", *LOCAL, "--yes")).code not in {0, 1}:
        return f"apply: {_last(first)}"
    if (done := scene.hand()).code:
        return f"hand.py: {_last(done)}"
    plan = _plan(scene, hook=True)
    chosen = [step["name"] for step in plan.steps if "/2" in str(step["desired"])]
    if chosen:
        return f"version 2 is in {chosen}"
    rolled = [step["name"] for step in plan.steps if "/1" in str(step["desired"])]
    told = [each for each in plan.data.get("diagnostics", ()) if "2" in each.get("message", "")]
    if not rolled:
        return f"version 1 is not rolled out: {_last(plan)}"
    return "" if told else "nothing says that version 2 is passed over"


def elsewhere(scene: Scene) -> str:
    """In other partitions nothing of `aws` is made: refused, or with that partition's ARNs."""
    names = {"iso": "aws-iso", "eusc": "aws-eusc", "gov": "aws-us-gov", "cn": "aws-cn"}
    for name, partition in names.items():
        if scene.moorline("validate", "-e", name).code:
            continue
        said = scene.moorline("compile", "-e", name)
        if "arn:aws:" in said.out:
            return f"{name}: an ARN of 'aws' in {partition}"
    return ""


def missing(scene: Scene) -> str:
    """A plan looks at the bucket that is said to exist."""
    plan = _plan(scene)
    found = [str(each.get("message")) for each in plan.data.get("diagnostics", ())]
    return "" if plan.code and any("bucket" in each for each in found) else "plan finds nothing"


def overwritten(scene: Scene) -> str:
    """A file of a model that another one has taken the place of is noticed."""
    scene.moorline("apply", *LOCAL, "--yes")
    scene.hand("one")
    before = _plan(scene)
    if before.steps:
        scene.moorline("apply", *LOCAL, "--yes")
    scene.hand("two")
    plan, drift = _plan(scene), scene.moorline("drift", *LOCAL, "--json")
    said = plan.steps or plan.codes - before.codes or drift.code or drift.codes
    return "" if said else "neither plan nor drift says anything"


def converges(scene: Scene) -> str:
    """What is known of a case that nobody has written down yet: it applies, and then is at rest."""
    if (checked := scene.moorline("validate")).code:
        return "" if checked.text.strip() else "it is refused without a word"
    return unchanged_plainly(scene)


def unchanged_plainly(scene: Scene) -> str:
    """Applied once, nothing is left to do, twice over, and drift agrees."""
    for look in (_apply, lambda it: _nothing(_plan(it)), lambda it: _nothing(_plan(it))):
        if wrong := look(scene):
            return wrong
    drift = scene.moorline("drift", *LOCAL)
    return "" if drift.code == 0 else f"drift: {_last(drift)}"


MEANINGS: dict[str, Meaning] = {
    "W01": unchanged,
    "W02": masked,
    "W03": resolved,
    "W04": left,
    "W06": carried,
    "W09": kept,
    "W11": refused("tag"),
    "W12": refused("10,240"),
    "W13": told("disks of its own", "refuses the job"),
    "W14": refused("cloudwatch.amazonaws.com"),
    "W16": refused("Glue"),
    "W18": passed_over,
    "W19": elsewhere,
    "W20": missing,
    "W22": overwritten,
}
