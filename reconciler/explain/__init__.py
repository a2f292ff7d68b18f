"""What `moorline explain` knows: properties of AWS types, resources of a graph, codes and kinds.

All of it is read from data that is here anyway: the registry with its corrections, the compiled
graph, the table of codes, the schemas. Nothing is asked of AWS, and nothing is printed.
"""
