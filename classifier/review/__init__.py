"""Messages drawn for people to check, what they said, kept; and how far they agree."""
