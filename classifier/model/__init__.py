"""Features, training, the model file and scoring."""
