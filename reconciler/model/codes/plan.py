"""Codes about a plan."""

from __future__ import annotations

from reconciler.model.codes.code import Code

CODES = (
    Code(
        "PLAN001",
        "not ours",
        "A resource with the name of ours exists and does not carry our ownership tags.",
        "Rename the spec, or take the resource over with --adopt.",
    ),
    Code(
        "PLAN002",
        "busy",
        "AWS is still changing a resource that the plan wants to change.",
        "Run apply, which waits for it, or plan again later.",
    ),
    Code(
        "PLAN003",
        "cannot be changed",
        "A property differs that Moorline's adapter of the type cannot change.",
        "Change it by hand, or make the spec say what is live.",
    ),
    Code(
        "PLAN004",
        "no call changes it",
        "A property differs from the spec and AWS has no request that would change it back.",
        "Make the spec say what is live, or recreate the resource yourself.",
    ),
    Code(
        "PLAN010",
        "deferred",
        "A spec cannot be compiled yet, because something it needs is not there yet. What it owns is left alone.",
        "Do what the message says is missing; nothing is lost meanwhile.",
    ),
)
