"""The one message that `cmc check` and `cmc redact` are given: as an argument, or on standard input."""

import sys

import click

from classifier.bulk.encoding import decode_input, stdin_bytes
from classifier.errors import InputError


def message_given(text: str | None, command: str) -> str:
    """Return the message: the argument, or standard input where there is none or it is `-`.

    Raises:
        click.UsageError: there is no argument, and standard input is a terminal.
        InputError: it is not text in an encoding that is known.

    """
    if text is None and sys.stdin.isatty():
        raise click.UsageError('give the message in quotation marks, or "-" and paste it (end with Ctrl-D)')
    if text is None or text == "-":
        return decode_input(stdin_bytes()).replace("\r\n", "\n").strip("\n")
    if any("\ud800" <= char <= "\udfff" for char in text):
        raise InputError(f"the message is not text in UTF-8; save it in a file and use: cmc {command} - < file")
    return text
