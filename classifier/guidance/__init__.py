"""For a finding and a date: the legal basis in force, where to turn, what to do, what to mind.

>>> from datetime import date
>>> from classifier import load
>>> from classifier.guidance import advise
>>> finding = load().classify("今天不还钱就带人去你家打断你的腿")
>>> advise(finding, date(2026, 1, 1)).basis[0].id, advise(finding, date(2025, 12, 31)).basis[0].id
('za2025-50', 'za2012-42')
"""

from classifier.errors import GuidanceDataError
from classifier.guidance.advice import Guidance, advise
from classifier.guidance.facts import (
    Channel,
    Facts,
    Line,
    Point,
    Provision,
    Role,
    Rule,
    Text,
)
from classifier.guidance.reading import facts, read_facts

__all__ = [
    "Channel",
    "Facts",
    "Guidance",
    "GuidanceDataError",
    "Line",
    "Point",
    "Provision",
    "Role",
    "Rule",
    "Text",
    "advise",
    "facts",
    "read_facts",
]
