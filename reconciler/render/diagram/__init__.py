"""The graph of what changes or is declared: one layout, written as DOT, Mermaid or SVG."""
