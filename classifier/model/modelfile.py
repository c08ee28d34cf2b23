"""The model file: a zip of JSON and plain arrays, without a pickle.

| member | holds |
|---|---|
| `manifest.json` | format number, versions, hashes of the other members, policies, training facts |
| `lexicon.json` | word classes and disguised writings |
| `keys.npy` | uint64 (features,): the keys of the features of all blocks, rising |
| `blocks.npy` | uint8 (features,): which of `BLOCKS` a feature belongs to |
| `idf.npy` | float32 (features,) |
| `weights.npy` | float32 (features, heads): weights on the normalised block |
| `intercepts.npy` | float32 (heads,) |
| `calibration.npy` | float32 (heads, 2): slope and offset of the logistic curve on a head's margin |

Heads stand in the order of `SCORES`, which the manifest repeats by name and the reader checks.
Writing is byte-identical for identical content: fixed order, fixed times, no compression level
left to chance.
"""

import hashlib
import io
import json
import os
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifier.errors import ModelError
from classifier.keys import IndexArray, KeyArray
from classifier.labels import ACTS, CODEBOOK_VERSION, SCORES
from classifier.model.features import BLOCKS, FEATURES_VERSION
from classifier.text.lexicon import Lexicon
from classifier.text.normalise import NORMALISER_VERSION

FORMAT = 3
POLICIES = ("cautious", "balanced", "sensitive")
"""Names of the policies, from few false accusations to few misses."""

FloatArray = NDArray[np.float64]
_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    EOFError,
    RuntimeError,  # an encrypted member; includes NotImplementedError
)
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Policy:
    """Where probabilities become labels.

    `collection` and `acts` are thresholds in [0, 1]. `review` maps each score to a band
    [low, high]: a message whose score falls inside goes to a person.
    """

    collection: float
    acts: dict[str, float]
    review: dict[str, tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Features:
    """What a model knows: keys (features,), rising; number of the block, IDF (features,); weights (features, heads)."""

    keys: KeyArray
    blocks: IndexArray
    idf: FloatArray
    weights: FloatArray


@dataclass(frozen=True)
class Model:
    """Everything that scoring needs. `facts` describes the training run for cards and tables."""

    lexicon: Lexicon
    features: Features
    intercepts: FloatArray
    calibration: FloatArray
    policies: dict[str, Policy]
    version: str
    facts: dict[str, Any]
    sha256: str = ""


def write_model(model: Model, path: Path) -> str:
    """Write the model beside `path`, move it into place, and return its SHA-256."""
    members = _members(model)
    manifest = {
        "format": FORMAT,
        "version": model.version,
        "codebook": CODEBOOK_VERSION,
        "normaliser": NORMALISER_VERSION,
        "features": FEATURES_VERSION,
        "heads": list(SCORES),
        "members": {name: hashlib.sha256(data).hexdigest() for name, data in members.items()},
        "policies": {
            name: {"collection": p.collection, "acts": p.acts, "review": {k: list(v) for k, v in p.review.items()}}
            for name, p in model.policies.items()
        },
        "facts": model.facts,
    }
    members = {"manifest.json": _json(manifest), **members}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in members.items():
            kind = zipfile.ZIP_STORED if name.endswith(".npy") else zipfile.ZIP_DEFLATED  # stored loads faster
            archive.writestr(zipfile.ZipInfo(name, _ZIP_TIME), data, kind, 9)
    temporary = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_bytes(buffer.getvalue())
        os.replace(temporary, path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise ModelError(f"cannot write the model to {path}: {error.strerror}; choose another place") from error
    return hashlib.sha256(buffer.getvalue()).hexdigest()


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1).encode()


def _members(model: Model) -> dict[str, bytes]:
    return {
        "lexicon.json": _json({"classes": model.lexicon.classes, "disguises": model.lexicon.disguises}),
        "intercepts.npy": _floats(model.intercepts),
        "calibration.npy": _floats(model.calibration),
        "keys.npy": _npy(model.features.keys),
        "blocks.npy": _npy(model.features.blocks.astype(np.uint8)),
        "idf.npy": _floats(model.features.idf),
        "weights.npy": _floats(model.features.weights),
    }


def _floats(array: FloatArray) -> bytes:
    return _npy(array.astype(np.float32))


def _npy(array: NDArray[Any]) -> bytes:
    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, np.ascontiguousarray(array), allow_pickle=False)
    return buffer.getvalue()


def read_model(path: Path) -> Model:
    """Read a model file and check every part of it before use.

    Raises:
        ModelError: missing, no model, damaged, incomplete, or of a newer format.

    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ModelError(f"cannot read the model {path}: {error.strerror}; `cmc train` builds one") from error
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            manifest = json.loads(archive.read("manifest.json"))
            _check_versions(manifest, path)
            members = {name: archive.read(name) for name in manifest["members"]}
        for name, digest in manifest["members"].items():
            if hashlib.sha256(members[name]).hexdigest() != digest:
                raise ModelError(f"the model {path} is damaged ({name} does not match its hash); get it anew")
        return _assemble(manifest, members, hashlib.sha256(data).hexdigest())
    except _DAMAGED as error:
        raise ModelError(f"the model {path} is damaged or no model ({type(error).__name__}); get it anew") from error


def _check_versions(manifest: dict[str, Any], path: Path) -> None:
    if manifest["format"] > FORMAT:
        raise ModelError(f"the model {path} has format {manifest['format']}, newer than {FORMAT}; update the program")
    if manifest["format"] < FORMAT:
        raise ModelError(f"the model {path} has the old format {manifest['format']}; run `cmc train`")
    ours = {"normaliser": NORMALISER_VERSION, "features": FEATURES_VERSION, "heads": list(SCORES)}
    for name, value in ours.items():
        if manifest[name] != value:
            raise ModelError(f"the model {path} was made for another {name} version; run `cmc train`")


def _assemble(manifest: dict[str, Any], members: dict[str, bytes], sha256: str) -> Model:
    lexicon = json.loads(members["lexicon.json"])
    features = Features(
        _keys(members["keys.npy"]),
        _plain(members["blocks.npy"]).astype(np.intp),
        _array(members["idf.npy"]),
        _array(members["weights.npy"]),
    )
    count = len(features.keys)
    if (features.blocks.shape, features.idf.shape, features.weights.shape) != (
        (count,),
        (count,),
        (count, len(SCORES)),
    ):
        raise ValueError("the arrays of the features have other shapes")
    if features.blocks.max() >= len(BLOCKS):
        raise ValueError("a feature belongs to no block")
    intercepts, calibration = _array(members["intercepts.npy"]), _array(members["calibration.npy"])
    if intercepts.shape != (len(SCORES),) or calibration.shape != (len(SCORES), 2):
        raise ValueError("intercepts or calibration have other shapes")
    return Model(
        lexicon=Lexicon({k: tuple(v) for k, v in lexicon["classes"].items()}, lexicon["disguises"]),
        features=features,
        intercepts=intercepts,
        calibration=calibration,
        policies={name: _policy(manifest["policies"][name]) for name in POLICIES},
        version=manifest["version"],
        facts=manifest["facts"],
        sha256=sha256,
    )


def _policy(raw: dict[str, Any]) -> Policy:
    return Policy(
        float(raw["collection"]),
        {str(act): float(raw["acts"][act]) for act in ACTS},
        {score: (float(raw["review"][score][0]), float(raw["review"][score][1])) for score in SCORES},
    )


def _keys(data: bytes) -> KeyArray:
    keys = _plain(data)
    if keys.dtype != np.uint64 or keys.ndim != 1 or not keys.size or (keys[1:] <= keys[:-1]).any():
        raise ValueError("keys are not rising 64-bit numbers")
    return np.asarray(keys)


def _array(data: bytes) -> FloatArray:
    array = _plain(data)
    if not np.isfinite(array).all():
        raise ValueError("an array holds values that are not finite")
    return np.asarray(array, dtype=np.float64)


def _plain(data: bytes) -> NDArray[Any]:
    array: NDArray[Any] = np.lib.format.read_array(io.BytesIO(data), allow_pickle=False)
    return array
