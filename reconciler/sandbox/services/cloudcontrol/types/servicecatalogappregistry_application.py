"""AWS::ServiceCatalogAppRegistry::Application: a tag of AWS, which it will not take back (CC55)."""

from __future__ import annotations

from reconciler.sandbox.state.handlers import Habits

HABITS = Habits(
    system_tags={"aws:servicecatalog:applicationName": "application"}, system_tags_refused=True
)
