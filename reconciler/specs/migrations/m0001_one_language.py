"""One word for each idea: shares with `%`, two pairs of bounds, `source` and `to`, camelCase."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model.value import Path
from reconciler.specs.moves import Move

HOST = frozenset(
    {
        "CPUUtilization",
        "DiskUtilization",
        "GPUMemoryUtilization",
        "GPUUtilization",
        "MemoryUtilization",
    }
)
RENAMED = {
    "FeatureGroup": {
        "online.ttl": "expireAfter",
        "offline.source": "to",
        "offline.prefix": "path",
    },
    "DataSource": {"s3.accessLogs.prefix": "path"},
    "Training": {
        "compute.alternatives": "otherInstanceTypes",
        "compute.warmPool": "keepAlive",
        "output.source": "to",
        "tune.parallel": "maxParallelJobs",
        "tune.ranges.integer.*.min": "atLeast",
        "tune.ranges.integer.*.max": "atMost",
        "tune.ranges.continuous.*.min": "atLeast",
        "tune.ranges.continuous.*.max": "atMost",
    },
    "Rollout": {
        "analysis.*.rate": "atMost",
        "capture.prefix": "path",
        "strategy.blueGreen.canary": "twoStep",
        "strategy.blueGreen.alarms": "existingAlarms",
    },
    "Monitor": {
        "alarms.*.rate": "above",
        "subscriptions.email": "emails",
        "subscriptions.sqs": "queues",
        "subscriptions.lambda": "functions",
        "subscriptions.https": "webhooks",
        "subscriptions": "subscribers",
    },
    "Budget": {"subscribers.topic": "monitor", "thresholds.*.on": "of"},
    "Environment": {
        "planExpiry": "plansExpireAfter",
        "protection.approvals.*.loses": "allows",
    },
    "Availability": {"services.*.version": "isVersion", "services.*.source": "reference"},
}
WORDS = {
    ("FeatureGroup", "offline.format"): {"Glue": "glue", "Iceberg": "iceberg"},
    ("DataSource", "s3.lifecycle.archiveTo"): {
        "STANDARD_IA": "standardIa",
        "GLACIER_IR": "glacierIr",
        "GLACIER": "glacier",
        "DEEP_ARCHIVE": "deepArchive",
    },
    ("Training", "inputs.*.mode"): {"File": "file", "FastFile": "fastFile", "Pipe": "pipe"},
    ("Training", "inputs.*.distribution"): {
        "FullyReplicated": "fullyReplicated",
        "ShardedByS3Key": "shardedByS3Key",
    },
    ("Rollout", "capture.modes.*"): {"Input": "input", "Output": "output"},
    ("Security", "roles.*.statements.*.effect"): {"Allow": "allow", "Deny": "deny"},
    ("Environment", "protection.allow.*"): {"service-access": "serviceAccess"},
    ("Environment", "protection.approvals.*.allows"): {"service-access": "serviceAccess"},
}


def _spec(path: str) -> Path:
    return ("spec", *path.split("."))


def _moves() -> Iterator[Move]:
    yield Move(kind="", at=("metadata", "labels"), to="tags")
    yield Move(kind="ModelRegistry", at=_spec("description"), within=("metadata",))
    for step in ("canary", "twoStep"):
        yield Move(kind="Rollout", at=_spec(f"strategy.blueGreen.{step}.size"), unwrap=True)
    yield Move(kind="Rollout", at=_spec("strategy.blueGreen.linear.step"), unwrap=True, to="size")
    yield Move(kind="Rollout", at=_spec("capture.sampling"), share=True)
    yield Move(kind="Budget", at=_spec("thresholds.*.percent"), to="at", share=True)
    for side in ("above", "below"):
        on_hosts = ("metric", HOST)
        yield Move(kind="Monitor", at=_spec(f"alarms.*.{side}"), share=True, beside=on_hosts)
    for kind, fields in RENAMED.items():
        for path, name in fields.items():
            yield Move(kind=kind, at=_spec(path), to=name)
    for (kind, path), words in WORDS.items():
        yield Move(kind=kind, at=_spec(path), values=words)


MOVES = tuple(_moves())
