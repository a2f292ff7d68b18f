"""A pipeline with a step of every kind, over data of every form, as a platform."""

from __future__ import annotations

from functools import cache

from tests.kinds.world import World

from .platform import Platform

TABLE = """
format: parquet
schema: {}
columns: {order_id: string, amount: double, day: string}
partitions: {by: {day: {date: {}}}}
"""
KEPT = """  - name: kept
    query: {file: jobs/kept.sql}
    reads: {orders: {source: orders}}
    writes: {results: {source: plain, path: athena/kept}}
"""
SPECS = {
    ("Security", "platform"): """
keys:
  data: {description: Data.}
  online: {description: Records.}
  code: {description: Code.}
""",
    ("DataSource", "artifacts"): "s3: {key: {security: platform, key: code}}",
    ("DataSource", "raw"): """
s3: {prefix: raw}
format: parquet
schema: {}
columns: {id: string, shop: string}
quality: {keys: [id], columns: {shop: {existsIn: {source: shops, column: id, atLeast: 90%}}}}
""",
    ("DataSource", "shops"): """
s3: {key: {security: platform, key: code}}
format: parquet
schema: {}
columns: {id: string}
""",
    ("DataSource", "plain"): "s3: {}",
    ("DataSource", "lake"): "s3: {key: {security: platform, key: data}}",
    (
        "DataSource",
        "orders",
    ): f"s3: {{prefix: orders, key: {{security: platform, key: data}}}}{TABLE}",
    (
        "DataSource",
        "totals",
    ): f"s3: {{prefix: totals, key: {{security: platform, key: data}}}}{TABLE}",
    ("DataSource", "api"): """
rest:
  url: https://api.scheme.example
  auth: {apiKey: {header: X-Api-Key, secretName: partners/scheme, member: token}}
  items: $.data
  pages: {single: {}}
  land: {to: lake, path: api}
columns: {id: string}
""",
    ("FeatureGroup", "customer"): """
recordId: id
eventTime: at
features: {id: string, at: string}
online: {key: {security: platform, key: online}}
offline: {format: glue, to: lake, path: features}
""",
    ("DataPipeline", "p"): """
trigger: {schedule: "cron(0 5 * * ? *)"}
steps:
  - name: check
    quality: {of: raw, onViolation: quarantine}
    writes: {good: {source: lake, path: "good/{day}"}, bad: {source: plain, path: "bad/{day}"}}
  - name: clean
    glue: {script: jobs/a.py, libraries: [lib], arguments: {limit: "5"}}
    reads: {in: check.good, all: {source: lake, path: good}, old: {featureGroup: customer}}
    writes: {out: {source: lake, path: "clean/{day}"}}
  - name: big
    emr: {script: jobs/b.py, arguments: {mode: all}}
    reads: {in: clean.out}
    writes: {out: {source: plain, path: "big/{day}"}}
  - name: small
    lambda: {code: functions/f, handler: app.handler}
    reads: {in: clean.out}
    writes: {out: {source: lake, path: "small/{day}"}}
  - name: pulled
    lambda: {image: "123456789012.dkr.ecr.eu-west-1.amazonaws.com/f:1"}
  - name: there
    lambda: {existing: "arn:aws:lambda:eu-west-1:123456789012:function:there"}
  - name: sums
    query:
      sql: INSERT INTO "acme-test-totals-v1" SELECT * FROM "acme-test-orders-v1"
    reads: {orders: {source: orders}}
    writes:
      totals: {source: totals, path: "day={day}"}
      results: {source: lake, path: athena/sums}
  - name: told
    http: {source: api, path: "/v1/{day}", method: post, body: {a: b}}
  - name: each
    map:
      items: [x, y]
      steps:
        - name: one
          glue: {script: jobs/c.py, maxRuns: 2}
          reads: {in: clean.out}
          writes: {out: {source: lake, path: "one/{item}"}}
  - name: both
    parallel:
      branches:
        left: [{name: load, ingest: {into: customer, from: {source: raw, path: "new/{day}"}}}]
        right: [{name: again, lambda: {code: functions/g, handler: app.handler}}]
subscribers: {emails: [a@example.com]}
""",
    ("DataPipeline", "q"): f"""
trigger: {{manual: {{}}}}
overlap: parallel
steps:
{KEPT}""",
}


@cache
def steps() -> Platform:
    world = World(SPECS)
    nodes = tuple(world.build_all())
    assert [each for each in world.found if each.is_error] == []
    return Platform(nodes, "123456789012")
