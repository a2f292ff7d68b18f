"""Codes about what reads events from a source."""

from __future__ import annotations

from reconciler.model.codes.code import Code

ORDER = 77
CODES = (
    Code(
        "EVENT001",
        "a mapping that Lambda turned off",
        "An event source mapping is declared to be on, and Lambda has turned it off by itself: its source was deleted or made again, or its role may not read it. No function is invoked meanwhile.",
        "See to what Lambda says of it, then apply: it is turned on again.",
    ),
    Code(
        "EVENT002",
        "reading begins anew",
        "Where a mapping begins to read is fixed, so another place means another mapping. The old one is deleted first, since a source has one mapping to a function; how far it had read is forgotten.",
        "Apply if records may be read twice or never; else make the spec say what is live.",
    ),
    Code(
        "EVENT003",
        "a topic that nobody could look for",
        "Whether a cluster of Kafka has a topic could not be found out: the cluster is not there yet, or it or AWS does not say. A name with a slip would be read from in vain.",
        "Nothing, if the name is right. A topic is made by who writes to it first, or by CreateTopic.",
    ),
)
