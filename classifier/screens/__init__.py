"""Screens into messages: what OCR, chat exports and backups give, read, cleaned and split.

`formats` reads files into screens, `layout` (with boxes) and `plain` (without) find the messages on a
screen, `chrome` says what on a screen is no message, `repair` mends the text, `messages` puts it together.
"""
