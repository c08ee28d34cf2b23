"""How often, and does it change: rates with intervals over many messages, and a report that may be published."""
