"""What customers did in the 30 days up to one, from authorizations that were checked.

A Glue job of the pipeline `customer-features`: `--days` has the authorizations, by day, and `--out`
gets a record for each customer. The last part of `--out` says which day it is.
"""

import sys

from pyspark.sql import SparkSession, functions as f

WEEK, MONTH = 7, 30
NIGHT = 5
"""The hour at which it ends."""

given = dict(zip(sys.argv[1::2], sys.argv[2::2], strict=False))
day = given["--out"].rstrip("/").rpartition("day=")[2]
spark = SparkSession.builder.getOrCreate()
age = f.datediff(f.lit(day), f.col("day"))
rows = (
    spark.read.parquet(given["--days"])
    .withColumn("age", age)
    .where(f"age between 0 and {MONTH - 1}")
)
at_night = (f.hour("authorized_at") < NIGHT).cast("double")
found = rows.groupBy("customer_id").agg(
    f.sum((f.col("age") < WEEK).cast("long")).alias("txn_count_7d"),
    f.count("*").alias("txn_count_30d"),
    f.avg("amount").cast("double").alias("avg_amount_30d"),
    f.countDistinct("merchant_id").alias("distinct_merchants_30d"),
    f.avg(at_night).alias("night_share_30d"),
)
found.withColumn("event_time", f.lit(f"{day}T23:59:59Z")).write.mode("overwrite").json(
    given["--out"]
)
