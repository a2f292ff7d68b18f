"""Codes about columns: schemas in a registry, tables in the catalog, rules of their quality."""

from __future__ import annotations

from reconciler.model.codes.code import Code

ORDER = 72
CODES = (
    Code(
        "SCHEMA001",
        "edit of a schema that breaks readers",
        "A column goes, is renamed, gets a type as which old data cannot be read, or becomes required. Those who read the data by its columns stop working, and AWS's registry would refuse most of it, after the apply has begun. Compared is with the newest version in the registry, or with the specs of another commit (`moorline validate --base`).",
        "Do what the finding says beside each column; or raise 'schema.version', which makes a schema and a table beside the old ones; or set 'schema.compatibility: none' where nobody reads the data.",
    ),
    Code(
        "SCHEMA002",
        "what a registry does not check",
        "AWS checks a new version against the versions that the mode names. Another mode checks none of those that exist, and a definition that was registered before is that version and does not become the newest.",
        "Nothing is needed. Where old versions have to fit the new mode, read them yourself.",
    ),
    Code(
        "GLUE001",
        "columns that old data does not fit",
        "A column of a table gets a type as which what was written before cannot be read, so queries over old data would fail.",
        "Add a column of the new type, or raise 'schema.version': a table of its own is made beside the old one.",
    ),
    Code(
        "GLUE002",
        "columns of an Iceberg table",
        "The columns of an Iceberg table are in its metadata, which an engine writes. UpdateTable would change the catalog's copy alone.",
        "Change them by ALTER TABLE in Athena or Spark, and let the spec say what is live.",
    ),
    Code(
        "GLUE003",
        "partitions are written again",
        "Partitions that are registered in a table have columns of their own. Where a column gets another type, Athena refuses to read those that still have the old one, so they are written, a hundred a request, before the table.",
        "Nothing is needed. With partition projection there is nothing to write.",
    ),
    Code(
        "GLUE004",
        "other partition keys",
        "The partitions of a table are registered by the values of its keys; with other keys none of them could be found.",
        "Raise 'schema.version': a table with the new keys is made beside the old one.",
    ),
    Code(
        "SCHEMA003",
        "no commit to compare with",
        "The commit that specs are compared with is not in the repository, or its specs cannot be read. Nothing is known of what an edit breaks.",
        "Fetch it (`git fetch --depth=…`), or name another one.",
    ),
    Code(
        "QUALITY001",
        "rule that only AWS can judge",
        "The data quality language has more kinds of rules than Moorline's grammar reads. This one is given to AWS as it is; the sandbox does not evaluate it.",
        "Nothing is needed, if it is as AWS's reference has it.",
    ),
)
