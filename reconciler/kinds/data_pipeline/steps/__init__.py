"""What a step of a DataPipeline may do: a file for each."""
