"""Edits of nearly everything that the example declares."""

from __future__ import annotations

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
    "specs/data/authorizations.yaml": (("retention: 7d", "retention: 8d"),),
    "specs/data/landing.yaml": (("400d", "500d"),),
    "specs/data/merchants.yaml": (
        ("onboarded_on: date", "onboarded_on: date\n    country: char(2)"),
    ),
    "specs/data/transactions.yaml": (("atMost: 100000", "atMost: 200000"),),
    "specs/pipelines/customer-features.yaml": (("workers: 4", "workers: 6"), ("50 23", "40 23")),
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
    "specs/models/fraud-training.yaml": (("rounds: 60", "rounds: 80"),),
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
