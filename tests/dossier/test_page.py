import html
import re
from collections.abc import Callable
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from classifier import Finding, Label
from classifier.dossier import Dossier, render
from classifier.dossier.complaint import drafts
from classifier.dossier.glyphs import outlines
from classifier.dossier.timeline import characters, draw
from classifier.guidance.facts import Lang
from classifier.labels import LABEL_EN, LABEL_ZH
from classifier.markup import Span, inert, marked, merged, visible

TAGS = {
    *(
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "header",
        "h1",
        "h2",
        "h3",
        "p",
        "div",
        "span",
        "nav",
        "ul",
        "ol",
    ),
    *("li", "main", "a", "section", "article", "footer", "mark", "bdi", "table", "thead", "tbody", "tr", "th", "td"),
    *("details", "summary", "blockquote", "dl", "dt", "dd", "strong", "svg", "g", "path", "rect"),
}
ATTRIBUTES = {
    *(
        "lang",
        "charset",
        "http-equiv",
        "content",
        "name",
        "class",
        "href",
        "id",
        "data-name",
        "data-code",
        "data-label",
    ),
    *("d", "transform", "x", "y", "width", "height", "viewbox", "role"),
}
HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</div></article><style>*{display:none}</style>",
    "&lt;b&gt;&amp;&#60;script&#62;",
    "javascript:alert(1)",
    "\u202e文字倒过来\u202c\u2066里面\u2069",
    "看不见\u200b\u200e\ufeff\u00ad的字",
    "控制\x00\x01\x07\x1b[31m\x7f\x85字符",
    "一\r\n二\r三\n四\u2028五",
    "a\u0301\u0301\u0301" * 50,
    "家\u200d👨\u200d👩\u200d👧",
    "长" * 20_000,
    "=cmd|'/c calc'!A1",
    "\ud800孤立",
]


class Page(HTMLParser):
    """What a browser would make of a page: its elements, their attributes, and the texts of messages."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.values: list[str] = []
        self.texts: list[str] = []
        self.data: list[str] = []
        self._open: list[tuple[str, bool]] = []
        self.feed(page)
        self.close()
        assert not [name for name, _ in self._open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes.update(name for name, _ in attrs)
        self.values += [value for name, value in attrs if value and name in ("href", "src", "style")]
        is_text = ("class", "text") in attrs
        if is_text:
            self.texts.append("")
        if tag != "meta":
            self._open.append((tag, is_text))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        self.data.append(data)
        if any(is_text for _, is_text in self._open):
            self.texts[-1] += data


def page_of(dossier: Dossier, lang: Lang = "zh") -> str:
    return render(dossier, drafts(dossier), lang)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_message_stands_in_the_page_whole_and_in_order(thread: Dossier, lang: Lang) -> None:
    page = Page(page_of(thread, lang))
    assert page.texts == [entry.message.text for entry in thread.entries if entry.message.text]
    text = "".join(page.data)
    for entry in thread.entries:
        assert entry.message.sha256 in text
    assert thread.sources[0].sha256 in text
    assert thread.model.version in text


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_loads_nothing_and_runs_nothing(thread: Dossier, lang: Lang) -> None:
    written = page_of(thread, lang)
    page = Page(written)
    assert page.tags <= TAGS
    assert page.attributes <= ATTRIBUTES
    assert all(value.startswith("#") for value in page.values)
    assert "default-src 'none'; style-src 'unsafe-inline'" in html.unescape(written)
    assert not re.search(r"https?:|//|@import|url\(", re.sub("<!DOCTYPE html>", "", written))


def test_links_inside_the_page_lead_somewhere(thread: Dossier) -> None:
    written = page_of(thread)
    ids = set(re.findall(r' id="([^"]+)"', written))
    assert {value[1:] for value in Page(written).values} <= ids
    assert len(re.findall(r' id="', written)) == len(ids)


def test_evidence_is_marked_with_its_name_beside_it(thread: Dossier) -> None:
    written = page_of(thread)
    assert '<mark data-name="威胁恐吓">给他们收尸</mark>' in written
    assert 'content: "［" attr(data-name) "］"' in written


def test_what_waits_for_a_person_comes_first_and_nobody_lawful_is_suspected(thread: Dossier) -> None:
    written = page_of(thread)
    assert written.index('id="check"') < written.index('id="story"')
    articles = dict(re.findall(r'<article id="m([0-9]+)" class="[^"]*">(.*?)</article>', written, re.DOTALL))
    for number, article in articles.items():
        entry = thread.numbers[int(number)]
        assert ("涉嫌" in re.sub("<div.*?</div>", "", article)) is bool(entry.acts)
        assert ("待人工复核" in article) is entry.pending


def test_the_page_says_what_cannot_be_said_without_times_and_senders(dossier_of: Callable[..., Dossier]) -> None:
    text = "".join(Page(page_of(dossier_of([{"text": "请还款"}]))).data)
    assert "没有时间列：不能说钟点、天数、先后和变化" in text
    assert "没有发送人列" in text
    assert "画不出时间分布" in text
    assert "按制作当天（2026-03-01）的规定列出" in text


@pytest.mark.parametrize("text", HOSTILE, ids=[ascii(text)[:30] for text in HOSTILE])
def test_hostile_texts_are_words_and_nothing_else(
    dossier_of: Callable[..., Dossier], found: Callable[..., Finding], text: str
) -> None:
    row = {"text": text, "sender": text[:300], "time": text[:300]}
    made = dossier_of([row], {text: found(text, ["threat"], {"violence": text[:9]})})
    page = Page(page_of(made))
    assert page.tags <= TAGS
    assert page.attributes <= ATTRIBUTES
    assert page.texts == [re.sub("[\x00\ud800-\udfff]", "\ufffd", text)]


ANYTHING = st.text(
    st.characters(blacklist_categories=[]) | st.sampled_from("<>&\"'\r\n\t\x00\u202e\u2066\u200b\ufeff；还钱"),
    max_size=80,
)


@given(ANYTHING)
def test_any_text_is_read_back_from_its_markup(text: str) -> None:
    page = Page(f'<div class="text">{inert(text)}</div>')
    assert page.texts == [re.sub("[\x00\ud800-\udfff]", "\ufffd", text)]
    assert page.tags <= {"div", "span"}


@given(ANYTHING, st.lists(st.tuples(st.integers(0, 80), st.integers(0, 80), ANYTHING), max_size=6))
def test_marks_change_no_character_whatever_the_spans(text: str, spans: list[tuple[int, int, str]]) -> None:
    size = len(text)
    inside = [Span(min(a, b, size), min(max(a, b), size), (name,)) for a, b, name in spans]
    page = Page(f'<div class="text">{marked(text, inside)}</div>')
    assert page.texts == [re.sub("[\x00\ud800-\udfff]", "\ufffd", text)]
    joined = merged(inside)
    assert all(before.end < after.start for before, after in pairwise(joined))
    assert {name for span in joined for name in span.names} == {name for _, _, name in spans}


@given(ANYTHING)
def test_plain_files_hold_no_character_that_cannot_be_seen(text: str) -> None:
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2066-\u2069\ufeff]", visible(text))


@given(st.data())
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_message_gives_a_sound_page(
    dossier_of: Callable[..., Dossier], found: Callable[..., Finding], data: st.DataObject
) -> None:
    text = data.draw(ANYTHING)
    row = {"text": text, "sender": data.draw(ANYTHING), "time": data.draw(ANYTHING)}
    labels = data.draw(st.sampled_from([["threat", "defamation"], ["lawful_reminder"], ["unrelated"]]))
    page = Page(page_of(dossier_of([row], {text: found(text, labels)}), data.draw(st.sampled_from(["zh", "en"]))))
    assert page.tags <= TAGS
    assert page.attributes <= ATTRIBUTES


def test_outlines_hold_every_character_that_a_timeline_can_draw() -> None:
    assert set(outlines().paths) == set(characters())
    assert set("".join([*LABEL_ZH.values(), *LABEL_EN.values()])) <= set(outlines().paths)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("wide", [960, 360])
def test_the_timeline_needs_no_font_and_tells_labels_by_shape(thread: Dossier, lang: Lang, wide: int) -> None:
    drawn = draw(thread.entries, lang, wide)
    assert drawn is not None
    assert "<text" not in drawn
    marks = re.findall(r'<title>([0-9]+) · [^<]*</title><path d="([^"]+)" class="shape ([a-z_]+)"', drawn)
    dated = [entry for entry in thread.entries if entry.day is not None and entry.copy_of is None]
    assert [int(number) for number, _, _ in marks] == [entry.number for entry in dated]
    shapes = {kind: shape for _, shape, kind in marks}
    assert len(set(shapes.values())) == len(shapes) == len(Label) + 1  # one of their own for the unjudged
    assert drawn.count('class="ring"') == sum(entry.pending for entry in dated) + 1  # and one in the legend


def test_marks_lie_at_their_hour_and_those_without_an_hour_below(thread: Dossier) -> None:
    drawn = draw(thread.entries, "zh")
    assert drawn is not None
    heights = {int(n): float(y) for y, n in re.findall(r'translate\([0-9.]+ ([0-9.]+)\)"><title>([0-9]+) ', drawn)}
    hours = {number: y for number, y in heights.items() if number != 23}
    by_clock = sorted(hours, key=lambda n: thread.numbers[n].message.time.at.time())  # type: ignore[union-attr]
    assert [hours[n] for n in by_clock] == sorted(hours.values())
    assert heights[23] > max(hours.values())
