"""The repository's own platform, and an edit of nearly everything it declares."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from pathlib import Path

from engine.platform import TODAY

from reconciler.compile import compiler
from reconciler.compile.request import Request
from reconciler.model.address import Address
from reconciler.model.document import Document
from reconciler.specs import overlay
from reconciler.specs.source import parse

from .scene import Scene

ROOT = Path(__file__).parents[2]
REGISTRY = "acme-local-fraud"
ARTIFACTS = "acme-local-artifacts-123456789012"
MODEL_FILES = ("fallback/2026-09-14/model.tar.gz", "fallback/2026-11-02/model.tar.gz")
"""What the other rollout serves, before and after the edits; nobody makes it but a team."""
SETTLED = "acme-disputes-dev-settled"
"""Of another team: a channel of a training reads it."""
Edits = dict[str, tuple[tuple[str, str], ...]]
"""Replacements by file. Not the address of the alerts: an unconfirmed one cannot be taken back."""
EDITS: Edits = {
    "environments/dev.yaml": (
        ("cost-centre: fraud-4711", "cost-centre: fraud-4712"),  # a tag of everything
        ("keyRotation: 365d", "keyRotation: 180d"),
        ("transactionRetention: 180d", "transactionRetention: 200d"),
        ("captureRetention: 120d", "captureRetention: 150d"),
        ("endpointInstanceType: ml.c6i.large", "endpointInstanceType: ml.c6i.xlarge"),
        ("fallbackInstances: 1", "fallbackInstances: 2"),
        ("trainingInstanceType: ml.m5.xlarge", "trainingInstanceType: ml.m5.2xlarge"),
        ("monthlyBudget: 1500", "monthlyBudget: 1600"),
        ("dailyBudget: 80", "dailyBudget: 90"),
        ("costEmail: ml-platform@", "costEmail: ml-cost@"),
    ),
    "specs/data/access-logs.yaml": (("400d", "500d"),),
    "specs/data/artifacts.yaml": (("365d", "400d"),),
    "specs/data/curated.yaml": (("90d", "120d"),),
    "specs/features/card-velocity.yaml": (("expireAfter: 2h", "expireAfter: 3h"),),
    "specs/features/customer.yaml": (
        ("account_age_days: integral", "account_age_days: integral\n    segment: string"),
        ("expireAfter: 30d", "expireAfter: 60d"),
    ),
    "specs/features/merchant.yaml": (
        ("onboarded_days: integral", "onboarded_days: integral\n    country: string"),
    ),
    "specs/features/transaction-labels.yaml": (
        ("reason_code: string", "reason_code: string\n    scheme: string"),
    ),
    "specs/models/fraud-training.yaml": (("num_round: 400", "num_round: 500"),),
    "specs/models/merchant-risk-registry.yaml": (
        ('["${underwritingAccount}"]', '["${identityAccount}"]'),
    ),
    "specs/models/merchant-risk-training.yaml": (("epochs: 30", "epochs: 40"),),
    "specs/monitoring/fallback-scorer.yaml": (("above: 100", "above: 200"),),
    "specs/monitoring/fraud-detector.yaml": (("above: 200ms", "above: 220ms"),),
    "specs/rollout/fallback-scorer.yaml": (("2026-09-14", "2026-11-02"),),
    "specs/rollout/fraud-detector.yaml": (("below: 120ms", "below: 110ms"),),
    "specs/security/platform.yaml": (
        ("Alarm and budget messages.", "Messages of alarms and budgets."),
        ("actions: [sagemaker:PutRecord]", "actions: [sagemaker:PutRecord, sagemaker:GetRecord]"),
        ("maxSession: 4h", "maxSession: 8h"),
        ("policy/AmazonAthenaFullAccess", "policy/AmazonS3ReadOnlyAccess"),
    ),
}


class Example(Scene):
    """The repository's own platform, in its sandbox environment."""

    environment = "local"
    expected: frozenset[str] = frozenset({"PLAN010", "PLACE006", "STATE003"})
    """A rollout waits for an approved model, another one for its file, and nobody has confirmed an
    address. Both are there from `release` on."""
    edited = False

    def request(
        self,
        *,
        adopt: Iterable[Address] = (),
        retry: Iterable[Address] = (),
        destroy: bool = False,
    ) -> Request:
        files = documents(edited=self.edited)
        view, found = overlay.resolve(files, self.environment)
        assert view is not None, found
        read, found = compiler.read(files, view)
        assert found == [], found
        policy = compiler.policy_of(view, today=TODAY, adopt=frozenset(adopt))
        policy = replace(policy, retry=frozenset(retry))
        return Request(read, view, policy, destroy=destroy)


@cache
def documents(*, edited: bool = False) -> tuple[Document, ...]:
    """The example's files, as they are or with every edit."""
    files = sorted([*ROOT.glob("specs/**/*.yaml"), *ROOT.glob("environments/*.yaml")])
    texts = {str(file.relative_to(ROOT)): file.read_text() for file in files}
    if edited:
        assert EDITS.keys() <= texts.keys()
        texts |= {name: _edited(texts[name], name) for name in EDITS}
    read = [parse(text.encode(), name) for name, text in texts.items()]
    return tuple(document for each in read for document in each.documents)


def _edited(text: str, name: str) -> str:
    for old, new in EDITS[name]:
        assert text.count(old) == 1, (name, old)
        text = text.replace(old, new)
    return text
