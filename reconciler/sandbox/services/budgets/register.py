"""Budgets: budgets, notifications, subscribers and tags, replacing moto's store entirely.

The wire format is JSON with timestamps as numbers, so budgets are kept as they came in.
"""

from __future__ import annotations

import json
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

from moto.budgets.responses import BudgetsResponse
from moto.core.exceptions import JsonRESTError
from moto.core.utils import camelcase_to_underscores

from reconciler.sandbox.services.budgets import parts as budget_parts
from reconciler.sandbox.services.budgets.store import Budget, duplicate, find, page
from reconciler.sandbox.state.world import WORLD

ATTRIBUTE = "moorline_budgets"
FEWEST_JOINED = 2
FOREVER = 3706473600  # 2087-06-15T00:00:00Z
OFF_BY_DEFAULT = ("UseAmortized", "UseBlended")
COST_TYPES = (
    "IncludeCredit",
    "IncludeDiscount",
    "IncludeOtherSubscription",
    "IncludeRecurring",
    "IncludeRefund",
    "IncludeSubscription",
    "IncludeSupport",
    "IncludeTax",
    "IncludeUpfront",
    *OFF_BY_DEFAULT,
)
NAMES = {"budgets": frozenset({"BudgetName"})}


def install() -> None:
    """Replace moto's budget operations."""
    for name, operation in {**OPERATIONS, **budget_parts.OPERATIONS}.items():
        setattr(BudgetsResponse, camelcase_to_underscores(name), _method(operation))


def _method(operation: Any) -> Any:  # noqa: ANN401  (a function over a moto response)
    def method(self: Any) -> str:  # noqa: ANN401  (moto's response)
        params = json.loads(self.body)
        budgets = self.backend.__dict__.setdefault(ATTRIBUTE, {})
        return json.dumps(operation(budgets, params) or {})

    return method


def _stored(given: dict[str, Any]) -> dict[str, Any]:
    if not {"BudgetLimit", "PlannedBudgetLimits", "AutoAdjustData"} & given.keys():
        text = "Unable to create/update budget - please provide one of the followings: "
        raise JsonRESTError(
            "InvalidParameterException",
            f"{text}Budget Limit/ Planned Budget Limit/ Auto Adjust Data",
        )
    _one_set(given)
    data = deepcopy(given)
    for spend in [data.get("BudgetLimit"), *data.get("PlannedBudgetLimits", {}).values()]:
        if spend:
            spend["Amount"] = decimal(spend["Amount"])
    period = data.setdefault("TimePeriod", {})
    now = datetime.fromtimestamp(WORLD.clock.now(), tz=UTC)
    month = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    period.setdefault("Start", int(month.timestamp()))
    period.setdefault("End", FOREVER)
    if "FilterExpression" not in data and "Metrics" not in data:
        defaults = {name: name not in OFF_BY_DEFAULT for name in COST_TYPES}
        data["CostTypes"] = defaults | data.get("CostTypes", {})
        data.setdefault("CostFilters", {})
    unit = (data.get("BudgetLimit") or {}).get("Unit", "USD")
    data["CalculatedSpend"] = {"ActualSpend": {"Amount": "0.0", "Unit": unit}}
    data["LastUpdatedTime"] = round(WORLD.clock.now(), 3)
    data["HealthStatus"] = {"Status": "HEALTHY"}
    return data


def _one_set(given: dict[str, Any]) -> None:
    """Either the new filters or the old ones. Source: UpdateBudget."""
    new, old = ({"FilterExpression", "Metrics"}, {"CostFilters", "CostTypes"})
    if given.keys() & new and given.keys() & old:
        text = "Unable to create/update budget - use either FilterExpression and Metrics or "
        raise JsonRESTError("InvalidParameterException", f"{text}CostFilters and CostTypes")
    if "FilterExpression" in given:
        _checked(given["FilterExpression"])
        if len(given.get("Metrics") or ()) != 1:
            text = "Unable to create/update budget - give one metric with a FilterExpression"
            raise JsonRESTError("InvalidParameterException", text)


def _checked(expression: dict[str, Any]) -> None:
    """An expression says one thing, and And and Or join two of them or more."""
    many = [*expression.get("And", ()), *expression.get("Or", ())]
    joined = bool(expression.keys() & {"And", "Or"})
    if len(expression) != 1 or (joined and len(many) < FEWEST_JOINED):
        text = "Unable to create/update budget - the filter expression is not valid"
        raise JsonRESTError("InvalidParameterException", text)
    for inner in [*many, *([expression["Not"]] if "Not" in expression else [])]:
        _checked(inner)


def _shown(data: dict[str, Any], params: dict[str, Any]) -> dict[str, Any]:
    """A budget's filter expression is shown only where it is asked for."""
    hidden = set() if params.get("ShowFilterExpression") else {"FilterExpression"}
    return {key: value for key, value in data.items() if key not in hidden}


def decimal(amount: str) -> str:
    """AWS answers 100 as 100.0."""
    return amount if "." in amount else f"{amount}.0"


def create(budgets: dict[str, Budget], params: dict[str, Any]) -> None:
    """CreateBudget, with its notifications, subscribers and tags."""
    given = params["Budget"]
    name = given["BudgetName"]
    if name in budgets:
        raise duplicate(f"Error creating budget: {name} - the budget already exists.")
    tags = {tag["Key"]: tag["Value"] for tag in params.get("ResourceTags") or []}
    budget = Budget(_stored(given), tags=tags)
    for item in params.get("NotificationsWithSubscribers") or []:
        budget_parts.add_notification(budget, item["Notification"], item["Subscribers"])
    budgets[name] = budget


def update(budgets: dict[str, Budget], params: dict[str, Any]) -> None:
    """UpdateBudget: the whole budget is replaced, its notifications stay."""
    given = params["NewBudget"]
    budget = find(budgets, given["BudgetName"], "update budget")
    budget.data = _stored(given)


def describe(budgets: dict[str, Budget], params: dict[str, Any]) -> dict[str, Any]:
    """DescribeBudget."""
    return {"Budget": _shown(find(budgets, params["BudgetName"], "get budget").data, params)}


def describe_all(budgets: dict[str, Budget], params: dict[str, Any]) -> dict[str, Any]:
    """DescribeBudgets, in pages of 100."""
    found = [_shown(budgets[name].data, params) for name in sorted(budgets)]
    return page(found, params, "Budgets", 100)


def delete(budgets: dict[str, Budget], params: dict[str, Any]) -> None:
    """DeleteBudget, with everything in it."""
    find(budgets, params["BudgetName"], "delete budget")
    del budgets[params["BudgetName"]]


OPERATIONS = {
    "CreateBudget": create,
    "UpdateBudget": update,
    "DescribeBudget": describe,
    "DescribeBudgets": describe_all,
    "DeleteBudget": delete,
}
