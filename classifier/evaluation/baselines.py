"""Three baselines for the results table, each measured on the same splits as the model.

- `keywords`: a list of telling words per score, found as substrings
- `textbook`: jieba words under TF-IDF with a logistic regression per score, as tutorials do it
- `characters`: character n-grams (1 to 4) under TF-IDF with a logistic regression per score

None of them normalises the text, knows the lexicon, or is calibrated; a score counts from 0.5.
"""

from collections.abc import Callable, Sequence

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from classifier.labels import SCORES
from classifier.model.corpus import Example
from classifier.model.modelfile import FloatArray
from classifier.model.training import folds_of, truth_of
from classifier.text.tokens import words

Predict = Callable[[Sequence[str]], FloatArray]
Fit = Callable[[Sequence[Example]], Predict]

_KEYWORDS: dict[str, tuple[str, ...]] = {
    "collection": ("欠款", "逾期", "还款", "还钱", "贷款", "账单", "借款", "催收", "拖欠", "缴费", "欠费"),
    "third_party_harassment": ("通讯录", "联系人", "家人", "亲友", "单位", "村委", "父母", "转告", "同事"),
    "threat": ("拘留", "坐牢", "刑事", "公安", "诈骗", "弄死", "打断", "轰炸", "冻结", "不客气", "上门"),
    "defamation": ("老赖", "骗子", "畜生", "无赖", "不要脸", "曝光", "垃圾", "P图"),
}
_LOGISTIC_C = 1.0


def _keywords(_: Sequence[Example]) -> Predict:
    def predict(texts: Sequence[str]) -> FloatArray:
        hits = [[any(word in text for word in _KEYWORDS[name]) for name in SCORES] for text in texts]
        scores = np.array(hits, dtype=float).reshape(-1, len(SCORES))
        scores[:, 0] = scores.max(axis=1)
        return scores

    return predict


def _linear(vectoriser: Callable[[], TfidfVectorizer]) -> Fit:
    def fit(examples: Sequence[Example]) -> Predict:
        vectors = vectoriser()
        rows = vectors.fit_transform([e.text for e in examples])
        truth = truth_of(examples)
        heads = [LogisticRegression(C=_LOGISTIC_C, solver="liblinear").fit(rows, column) for column in truth.T]
        return lambda texts: np.stack([h.predict_proba(vectors.transform(texts))[:, 1] for h in heads], axis=1)

    return fit


BASELINES: dict[str, Fit] = {
    "keywords": _keywords,
    "textbook": _linear(lambda: TfidfVectorizer(analyzer=words, min_df=2)),
    "characters": _linear(lambda: TfidfVectorizer(analyzer="char", ngram_range=(1, 4), min_df=2, sublinear_tf=True)),
}


def out_of_fold(fit: Fit, examples: Sequence[Example]) -> FloatArray:
    """Return scores (messages, heads) on the same folds as the model's own."""
    scores = np.zeros((len(examples), len(SCORES)))
    for train, held_out in folds_of(examples):
        predict = fit([examples[i] for i in train])
        scores[held_out] = predict([examples[i].text for i in held_out])
    return scores
