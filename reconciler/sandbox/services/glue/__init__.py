"""Glue's catalog, registry and rules in the sandbox; jobs, crawlers and connections are moto's."""
