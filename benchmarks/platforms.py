"""Generated platforms of any size, in the mix that a SageMaker platform has."""

from __future__ import annotations

import textwrap

ENVIRONMENT = """\
apiVersion: moorline/v1
kind: Environment
metadata: {name: bench}
spec: {platform: bench, account: "123456789012", region: eu-west-1, sandbox: true}
"""


def spec(kind: str, name: str, body: str) -> str:
    return (
        f"apiVersion: moorline/v1\nkind: {kind}\nmetadata: {{name: {name}, owner: bench}}\nspec:\n"
        + textwrap.indent(textwrap.dedent(body), "  ")
    )


def rollout(index: int) -> str:
    return spec(
        "Rollout",
        f"scorer-{index:05d}",
        f"""\
        model:
          framework: xgboost
          version: "1.7-1"
          artifact: {{source: lake, path: models/{index}/model.tar.gz}}
        serve: {{realtime: {{instanceType: ml.m5.xlarge, instances: 2}}}}
        strategy: {{blueGreen: {{twoStep: {{size: 50%, bake: 5m}}}}}}
        analysis:
          - {{metric: ModelLatency, statistic: p99, below: 250ms}}
        onFailure: rollback
        """,
    )


def feature_group(index: int) -> str:
    return spec(
        "FeatureGroup",
        f"features-{index:05d}",
        """\
        recordId: customer_id
        eventTime: event_time
        features:
          customer_id: string
          event_time: string
          txn_count_7d: {type: integral, description: Transactions in the last 7 days.}
          avg_amount_30d: fractional
          country: string
        online: {expireAfter: 30d}
        offline: {format: iceberg, to: lake}
        """,
    )


def registry(index: int) -> str:
    return spec("ModelRegistry", f"models-{index:05d}", "{}\n")


def documents(specs: int) -> list[str]:
    """`specs` documents: one bucket, then 5 rollouts, 3 feature groups and 2 registries in 10."""
    kinds = (
        rollout,
        feature_group,
        rollout,
        registry,
        rollout,
        feature_group,
        rollout,
        registry,
        feature_group,
        rollout,
    )
    out = [spec("DataSource", "lake", "s3: {}\n")]
    out += [kinds[index % len(kinds)](index) for index in range(specs - 1)]
    return out
