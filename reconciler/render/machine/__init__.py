"""For other tools: SARIF, JUnit, the JSON of Terraform, and the graph as JSON."""
