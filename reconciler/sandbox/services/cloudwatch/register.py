"""Puts our alarms and metrics in the place of moto's."""

from __future__ import annotations

from typing import Any

from moto.cloudwatch.responses import CloudWatchResponse

from reconciler.sandbox.services.cloudwatch import alarms, reading
from reconciler.sandbox.services.cloudwatch.evaluation import Guards
from reconciler.sandbox.services.sagemaker import guards


def install() -> None:
    """Replace moto's methods, and let deployments ask for alarms."""
    alarms.install()
    response: Any = CloudWatchResponse
    response.get_metric_data = reading.get_metric_data
    response.get_metric_statistics = reading.get_metric_statistics
    response.list_metrics = reading.list_metrics
    guards.WATCHES[:] = [Guards()]
