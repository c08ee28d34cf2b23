import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from classifier import InputError
from service.settings import Settings, read_settings

Run = Callable[..., Result]
OneLine = Callable[[Result], str]

README = (Path(__file__).resolve().parent.parent.parent / "service" / "README.md").read_text("utf-8")
KEY = "0123456789abcdef"


def test_the_defaults_are_of_this_machine_only(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = read_settings()
    assert (settings.host, settings.api_keys, settings.cors_origins) == ("127.0.0.1", (), ())


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "::1", "localhost"])
def test_loopback_needs_no_key(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    monkeypatch.setenv("CMC_HOST", host)
    assert read_settings().host == host


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.org", "localhost.example.org"])
def test_any_other_address_needs_a_key_or_a_word(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    monkeypatch.setenv("CMC_HOST", host)
    with pytest.raises(InputError, match=r"CMC_API_KEYS .* CMC_ALLOW_WITHOUT_KEY=true to allow it"):
        read_settings()
    monkeypatch.setenv("CMC_ALLOW_WITHOUT_KEY", "true")
    assert read_settings().host == host
    monkeypatch.delenv("CMC_ALLOW_WITHOUT_KEY")
    monkeypatch.setenv("CMC_API_KEYS", KEY)
    assert read_settings().host == host


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("CMC_PORT", "secret", "CMC_PORT: "),
        ("CMC_PORT", "70000", "CMC_PORT: "),
        ("CMC_MAX_TEXT", "20001", "CMC_MAX_TEXT: "),
        ("CMC_QUEUE", "-1", "CMC_QUEUE: "),
        ("CMC_LOG_LEVEL", "secret", "CMC_LOG_LEVEL: "),
        ("CMC_API_KEYS", "secret", "CMC_API_KEYS: a key needs at least 16"),
        ("CMC_API_KEYS", f"{KEY},secret-ключ-0123456789", "CMC_API_KEYS: "),
        ("CMC_API_KEY", "secret", "CMC_API_KEY is no setting of the service; try CMC_API_KEYS"),
        ("CMC_SOMETHING_ELSE", "secret", "unset it"),
    ],
)
def test_a_wrong_setting_is_refused_in_one_line_that_does_not_repeat_it(
    cmc: Run, one_line: OneLine, monkeypatch: pytest.MonkeyPatch, name: str, value: str, says: str
) -> None:
    monkeypatch.setenv(name, value)
    line = one_line(cmc("serve"))
    assert says in line
    assert "secret" not in line


def test_an_address_that_is_taken_is_refused_in_one_line(
    cmc: Run, one_line: OneLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as taken:
        monkeypatch.setenv("CMC_PORT", str(taken.getsockname()[1]))
        assert "CMC_PORT" in one_line(cmc("serve"))


def test_a_missing_model_is_refused_in_one_line(cmc: Run, one_line: OneLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CMC_MODEL", "/nowhere/model.zip")
    monkeypatch.setenv("CMC_PORT", "0")
    assert "cannot read the model" in one_line(cmc("serve"))


def test_without_the_extra_one_line_names_it(cmc: Run, one_line: OneLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "service.server", None)
    assert "install the extra [service]" in one_line(cmc("serve"))


def test_words_are_separated_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CMC_CORS_ORIGINS", "https://a.example, https://b.example,")
    assert read_settings().cors_origins == ("https://a.example", "https://b.example")


def test_no_key_shows_when_settings_are_printed() -> None:
    assert KEY not in repr(Settings(api_keys=KEY))  # type: ignore[arg-type]


def test_the_table_of_the_readme_holds_every_setting() -> None:
    rows = re.findall(r"^\| `(CMC_\w+)` \| (.*?) \| (.*?) \|$", README, re.MULTILINE)
    shown = {name: (default, words) for name, default, words in rows}
    fields = {f"CMC_{name.upper()}": field for name, field in Settings.model_fields.items()}
    assert shown.keys() == fields.keys()
    for name, field in fields.items():
        default = json.dumps(field.default) if isinstance(field.default, bool) else field.default
        plain = "–" if default in ((), None) else f"{default:g}" if isinstance(default, float) else str(default)
        assert shown[name] == (plain, field.description), name
