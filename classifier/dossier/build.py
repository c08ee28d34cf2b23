"""A dossier: the messages of a table judged, their story, the law for their days, and where all of it came from."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo

from classifier.bulk.sources import Source
from classifier.classifier import DEFAULT_POLICY, Classifier
from classifier.dossier.entries import Entry, judge
from classifier.dossier.law import Law, gather
from classifier.dossier.messages import Columns, Message, SourceFile, find_columns, read_messages, source_files
from classifier.dossier.thread import Story, tell
from classifier.errors import InputError
from classifier.finding import ModelInfo
from classifier.times import CHINA


@dataclass(frozen=True, slots=True)
class Options:
    """What may be said about a table and about what is wanted of it.

    Attributes:
        text_column: the column with the message; guessed when obvious, like the next two.
        time_columns: one column of times, or one of days and one of clocks.
        sender_column: the column with the sender.
        zone: where the receiver's clock hangs.
        year: the year of days that name none; without it they count as unread.
        start: first day wanted; `end`: last day wanted. Messages without a known day are kept.
        policy: `cautious`, `balanced` or `sensitive`.

    """

    text_column: str | None = None
    time_columns: Sequence[str] = ()
    sender_column: str | None = None
    zone: tzinfo = CHINA
    year: int | None = None
    start: date | None = None
    end: date | None = None
    policy: str = DEFAULT_POLICY


@dataclass(frozen=True, slots=True)
class Dossier:
    """Everything that is shown and written.

    Attributes:
        entries: the messages, by time.
        story: what they say together.
        law: provisions and channels for their days.
        sources: the files they came from.
        columns: which columns were read.
        rows: rows of the table; `left_out`: of these, those outside the days wanted.
        options: what was asked for.
        model: which model judged.
        made: when, on the receiver's clock.
        numbers: the entries by their numbers.

    """

    entries: tuple[Entry, ...]
    story: Story
    law: Law
    sources: tuple[SourceFile, ...]
    columns: Columns
    rows: int
    left_out: int
    options: Options
    model: ModelInfo
    made: datetime
    numbers: dict[int, Entry] = field(repr=False, compare=False)


def build(
    classifier: Classifier,
    source: Source,
    options: Options | None = None,
    *,
    source_name: str | None = None,
    now: datetime | None = None,
    progress: Callable[[int], None] = lambda done: None,
) -> Dossier:
    """Judge the messages of a table and put their dossier together; nothing is written.

    Args:
        classifier: judges each message.
        source: the table.
        options: columns, zone, days and policy.
        source_name: what to call the file, by default its own name.
        now: the time to note, by default the clock's; without an offset it counts as the receiver's.
        progress: called with the number of rows that an advance covers.

    Raises:
        InputError: a column is missing or not obvious, the days exclude each other or every message, an unknown
            policy, or the file cannot be read or changes meanwhile.

    """
    options = options or Options()
    if options.start and options.end and options.start > options.end:
        raise InputError("the first day lies after the last; swap --from and --to")
    columns = find_columns(source, options.text_column, options.time_columns, options.sender_column)
    sources = source_files(source.path, source_name)
    messages = list(read_messages(source, columns, options.zone, options.year))
    if source_files(source.path, source_name) != sources:
        raise InputError(f"{source.path} changed while it was read; try again")
    kept = [message for message in messages if _wanted(message, options)]
    if not kept:
        raise InputError("no message lies between these days; check --from and --to")
    made = now or datetime.now(options.zone)
    made = (made.astimezone(options.zone) if made.tzinfo else made.replace(tzinfo=options.zone)).replace(microsecond=0)
    entries = judge(kept, lambda text: classifier.classify(text, policy=options.policy), progress)
    return Dossier(
        entries=entries,
        story=tell(entries),
        law=gather(entries, made.date()),
        sources=sources,
        columns=columns,
        rows=len(messages),
        left_out=len(messages) - len(kept),
        options=options,
        model=classifier.info,
        made=made,
        numbers={entry.number: entry for entry in entries},
    )


def _wanted(message: Message, options: Options) -> bool:
    if message.time is None:
        return True
    day = message.time.day
    return (options.start is None or options.start <= day) and (options.end is None or day <= options.end)
