"""Amazon RDS: clusters, their instances, and where these stand."""
