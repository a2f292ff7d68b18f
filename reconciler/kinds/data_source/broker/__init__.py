"""Topics of Kafka: what a spec says of one, and who reads it."""
