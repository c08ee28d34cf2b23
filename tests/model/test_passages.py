from classifier import load
from classifier.model.features import Reader
from classifier.model.passages import passages

READ = Reader(load().model.lexicon)


def texts(text: str) -> list[str]:
    return [part.body.text for part in passages(text, READ(text))]


def test_sentences_end_at_marks_and_lines_and_short_ones_are_left_out() -> None:
    assert texts("今天天气不错。嗯!去公园走了走\n晚上吃的是饺子") == ["今天天气不错", "去公园走了走", "晚上吃的是饺子"]
    assert texts("今天天气不错。嗯。去公园走了走。") == []


def test_a_cut_sentence_reads_as_the_sentence_alone() -> None:
    sentences = ["【云禾分期】您已逾期三天了", "再不还钱就打电话给你家人", "明天还1200元到我卡上"]
    text = "。".join(sentences)
    for part, sentence in zip(passages(text, READ(text)), sentences, strict=True):
        alone = READ(sentence)
        assert part.body.text == alone.body.text
        assert (part.words, part.concepts) == (alone.words, alone.concepts)
        assert (part.signature_words, part.signature_concepts) == (alone.signature_words, alone.signature_concepts)
        start, end = part.body.source(0, len(part.body.text))
        assert text[start:end] == sentence


def test_of_a_very_long_text_the_first_sixty_are_looked_at() -> None:
    assert len(texts("去公园走了走。" * 100)) == 60
