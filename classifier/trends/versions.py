"""Which model, codebook and policy the answers of a table come from, and hashes for doing it again."""

from pathlib import Path

from classifier.bulk.encoding import file_sha256
from classifier.classifier import DEFAULT_POLICY, Classifier
from classifier.errors import InputError
from classifier.trends.rows import Found


def versions_of(found: Found, policy: str | None, classifier: Classifier, *, by_us: bool) -> tuple[str, str, str]:
    """Return model, codebook and policy behind the answers.

    Raises:
        InputError: no answers, or answers of several models, codebooks or policies.

    """
    if not found.judged:
        raise InputError("no row of the table has an answer of the classifier; run `cmc label` on it")
    for what, counts in (("models", found.versions), ("codebooks", found.codebooks), ("policies", found.policies)):
        if len(counts) > 1:
            listed = ", ".join(f"{name or 'unnamed'}: {rows} rows" for name, rows in counts.most_common(4))
            raise InputError(
                f"the table holds answers of {len(counts)} {what} ({listed}); a trend would show the change of {what}, "
                "so run `cmc rescore` on it first"
            )
    version = next(iter(found.versions)) or "not recorded"
    same = version == classifier.info.version
    codebook = next(iter(found.codebooks)) or (classifier.info.codebook if same else "not recorded")
    if by_us:
        return version, codebook, policy or DEFAULT_POLICY
    if found.policies:
        return version, codebook, next(iter(found.policies))
    return version, codebook, _fitting(found, policy) if same else policy or DEFAULT_POLICY


def _fitting(found: Found, policy: str | None) -> str:
    """Return the policy that the scores and labels of a flat table fit.

    Raises:
        InputError: they do not fit the policy that was named.

    """
    most = max(found.fitting.values(), default=0)
    fitting = [name for name, rows in found.fitting.items() if rows == most]
    if policy is not None and policy not in fitting:
        raise InputError(f"the labels of the table are not those of policy {policy}; leave --policy out")
    if policy is not None:
        return policy
    return DEFAULT_POLICY if DEFAULT_POLICY in fitting or not fitting else fitting[0]


def file_hash(path: Path) -> str:
    """Return the SHA-256 of a file, "" for a folder.

    Raises:
        InputError: it cannot be read.

    """
    return "" if path.is_dir() else file_sha256(path)
