"""Reading a message: normalising, masking, words, concept classes, signals."""
