"""Features, training, the model file, scoring and evaluation."""
