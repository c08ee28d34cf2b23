"""Tables of messages in, the same tables with labels out."""
