"""One screen in, its messages out: each with its text, time, sender and side, and the way back to the source."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from classifier.screens import repair
from classifier.screens.blocks import NOTHING_OFF, Block, Off, glue_between, joined, standing_at
from classifier.screens.boxes import Said, Screen, Side, mean_score
from classifier.screens.layout import blocks_by_layout
from classifier.screens.plain import blocks_by_lines, is_screen
from classifier.text.normalise import Normalised


@dataclass(frozen=True, slots=True)
class ScreenMessage:
    """One message of a screen.

    Attributes:
        source: its cleaned text, and for each character the span of `Screen.text` that it stands for.
        time: as shown, empty where none is.
        sender: as shown, empty where none is.
        side: whose bubble it stands in.
        score: how sure the OCR was, None where it does not say.

    """

    source: Normalised
    time: str = ""
    sender: str = ""
    side: Side = Side.UNKNOWN
    score: float | None = None

    @property
    def text(self) -> str:
        """The cleaned text."""
        return self.source.text

    @property
    def outgoing(self) -> bool:
        """Whether it is the receiver's own reply, which is not judged."""
        return self.side is Side.OUTGOING


def read_screen(screen: Screen, off: Off = NOTHING_OFF) -> tuple[ScreenMessage, ...]:
    """Clean and split a screen, leaving out the steps named in `off`.

    A plain text that shows no sign of a screen is one message, as it stands; an empty one gives none.
    """
    if not screen.ocr and not is_screen(screen):
        return tuple(_untouched(screen))
    blocks = blocks_by_layout(screen, off) if screen.boxed else blocks_by_lines(screen, off)
    spaced = repair.is_spaced(screen.text)
    messages = (_message(block, off, spaced) for block in blocks)
    return tuple(message for message in messages if message.text)


def said_message(said: Said) -> ScreenMessage:
    """Return a message that its file keeps apart, with nothing changed."""
    return ScreenMessage(Normalised.of(said.text), said.time, said.sender, said.side)


def _untouched(screen: Screen) -> Iterator[ScreenMessage]:
    shown = screen.text.strip("\r\n")
    if shown.strip():
        yield ScreenMessage(standing_at(screen.text.index(shown), shown))


def _message(block: Block, off: Off, spaced: bool) -> ScreenMessage:
    glued = [(run.text, "\n") for run in block.runs]
    if "wrapped" not in off:
        for i, (run, below) in enumerate(pairwise(block.runs)):
            if run.goes_on:
                glued[i] = (run.text, glue_between(run.text.text, below.text.text))
    text = joined(glued)
    if "spaces" not in off:
        text = text.edited(repair.spaces(text.text, throughout=spaced))
    if "confusions" not in off:
        text = text.edited(repair.confusions(text.text))
    side = Side.INCOMING if block.side is Side.OUTGOING and "replies" in off else block.side
    score = mean_score((run.text.text, run.score) for run in block.runs)
    return ScreenMessage(text, block.time, block.sender, side, score)
