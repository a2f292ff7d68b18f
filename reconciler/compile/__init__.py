"""From documents to a graph: checked specs of one environment in, nodes or findings out.

Everything here is a pure function of values. What has to be asked of AWS first is said as
questions, and answered by whoever calls; names follow from the specs alone; what AWS's own
schemas refuse is found on the finished graph.
"""
