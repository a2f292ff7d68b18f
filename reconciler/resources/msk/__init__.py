"""Amazon MSK: clusters of Kafka."""
