"""AWS::DynamoDB::Table: what it takes where nothing is said. Source: CreateTable."""

from __future__ import annotations

from reconciler.sandbox.state.handlers import Habits

HABITS = Habits(
    defaults={
        "BillingMode": "PROVISIONED",
        "DeletionProtectionEnabled": False,
        "TableClass": "STANDARD",
    }
)
