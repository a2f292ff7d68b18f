"""Codes about a plan."""

from __future__ import annotations

from reconciler.model.codes.code import Code

ORDER = 70
CODES = (
    Code(
        "PLAN001",
        "not ours",
        "A resource with the name of ours exists and does not carry our ownership tags.",
        "Rename the spec, or take the resource over with --adopt.",
    ),
    Code(
        "PLAN002",
        "busy",
        "AWS is still changing a resource; how that ends is not known yet.",
        "Run apply, which waits for it, or plan again later.",
    ),
    Code(
        "PLAN003",
        "cannot be changed",
        "A property differs that Moorline's adapter of the type cannot change.",
        "Change it by hand, or make the spec say what is live.",
    ),
    Code(
        "PLAN004",
        "no call changes it",
        "A property differs from the spec and AWS has no request that would change it back.",
        "Make the spec say what is live, or recreate the resource yourself.",
    ),
    Code(
        "PLAN005",
        "autoscaled variant changes its instances",
        "SageMaker refuses an update that changes the instance type of a variant that has a scalable target.",
        "Deregister the scalable target, apply, then register it again; or keep the instance type.",
    ),
    Code(
        "PLAN006",
        "no guardrails for renamed variants",
        "The variants of the new configuration have other names than the live ones. SageMaker then ignores the deployment's steps, bake and alarms and moves all traffic at once.",
        "Keep the variant names; or say for this one change that there are no guardrails, with `strategy: {allAtOnce: {}}` and `onFailure: none`.",
    ),
    Code(
        "PLAN007",
        "count is retained",
        "An autoscaler owns the instance count of one variant of an endpoint. SageMaker retains the counts of all its variants or of none, so the count of another variant stays as it is.",
        "Set that count by hand after the update, or register a scalable target for it too.",
    ),
    Code(
        "PLAN008",
        "belongs to another region",
        "A role, a budget or a bucket has one name for all regions, and the same platform and environment in another region has it. Nothing is planned for it here.",
        "Use another environment name: an environment is one platform in one account and one region.",
    ),
    Code(
        "PLAN009",
        "region is not known",
        "A role or a budget carries the tags of this platform and environment but no moorline:region, and names no region in its trust policy or its subscribers. It may belong to another region, so it is left alone.",
        "Take it over with --adopt if it belongs here; or tag it with moorline:region.",
    ),
    Code(
        "PLAN010",
        "deferred",
        "A spec, or a part of one, cannot be compiled yet, because something it needs is not there yet. What it owns is left alone; the part that needs nothing of it is made.",
        "Do what the message says is missing; nothing is lost meanwhile.",
    ),
    Code(
        "PLAN011",
        "another apply makes it",
        "Something is there under a name of ours, shows no ownership tags, and the notes of an apply say that it makes it and has not ended. AWS shows tags later than what carries them.",
        "Plan again when that apply has ended. If it was broken off, and the tags stay away, take it over with --adopt.",
    ),
)
