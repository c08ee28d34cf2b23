"""Settings of the service, read from the environment (prefix `CMC_`) and nowhere else."""

import difflib
import hashlib
import ipaddress
import os
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from classifier import LONGEST_TEXT, InputError

PREFIX = "CMC_"
SHORTEST_KEY = 16

_Words = Annotated[tuple[str, ...], NoDecode]
_Seconds = Annotated[float, Field(gt=0, le=3600)]


class Settings(BaseSettings):
    """What an operator can set. The README's table holds the same names, defaults and words."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_ignore_empty=True, frozen=True, extra="forbid", hide_input_in_errors=True
    )

    host: str = Field(default="127.0.0.1", description="address to listen on; loopback by default")
    port: int = Field(default=8000, ge=0, le=65535, description="port to listen on; 0 takes a free one")
    workers: int = Field(
        default=1, ge=1, le=64, description="processes; each loads the model and counts its own limits"
    )
    model: Path | None = Field(default=None, description="model file instead of the one that ships")
    api_keys: Annotated[tuple[SecretStr, ...], NoDecode] = Field(
        default=(),
        description=f"keys, separated by commas, of at least {SHORTEST_KEY} characters; none: no key is asked for",
    )
    allow_without_key: bool = Field(default=False, description="listen beyond loopback although there is no key")
    max_text: int = Field(default=4_000, ge=1, le=LONGEST_TEXT, description="characters of the longest message")
    max_batch: int = Field(default=1_000, ge=1, le=100_000, description="messages of the largest batch")
    max_body: int = Field(default=2 * 1024 * 1024, ge=1_024, description="bytes of the largest request body")
    max_picture: int = Field(
        default=10 * 1024 * 1024, ge=1_024, le=64 * 1024 * 1024, description="bytes of the largest picture"
    )
    max_pixels: int = Field(default=20_000_000, ge=1_024, le=50_000_000, description="pixels of the largest picture")
    pictures: bool = Field(default=True, description="read pictures, where text recognition is installed")
    concurrency: int = Field(default=1, ge=1, le=64, description="scoring threads: requests in work at the same time")
    queue: int = Field(default=64, ge=0, le=100_000, description="requests that may wait for a thread; beyond: 429")
    connections: int = Field(default=512, ge=1, le=65_536, description="open connections; beyond: closed at once")
    timeout: _Seconds = Field(default=30.0, description="seconds for waiting and scoring together; beyond: 503")
    receive_timeout: _Seconds = Field(
        default=15.0, description="seconds for a request's head, and again for its body; 408"
    )
    rate_limit: int = Field(
        default=0, ge=0, description="requests a minute for each key and for each address; 0: no limit"
    )
    cors_origins: _Words = Field(
        default=(), description="origins whose pages may call the service, separated by commas"
    )
    trusted_proxies: _Words = Field(
        default=(), description="proxies whose X-Forwarded-For is believed, separated by commas"
    )
    page: bool = Field(default=True, description="serve the pages at / and /docs")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="lines below it are left out"
    )

    @field_validator("api_keys", "cors_origins", "trusted_proxies", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(filter(None, map(str.strip, value.split(",")))) if isinstance(value, str) else value

    @field_validator("api_keys")
    @classmethod
    def _strong(cls, keys: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
        for key in map(SecretStr.get_secret_value, keys):
            if len(key) < SHORTEST_KEY or not key.isascii() or not key.isprintable():
                raise ValueError(
                    f"a key needs at least {SHORTEST_KEY} printable ASCII characters; make one: openssl rand -hex 24"
                )
        return keys

    @model_validator(mode="after")
    def _closed(self) -> Self:
        if not (self.api_keys or self.allow_without_key or is_loopback(self.host)):
            raise ValueError(
                f"{PREFIX}HOST={self.host} would open the service to other machines without a key; set "
                f"{PREFIX}API_KEYS (make one: openssl rand -hex 24), or {PREFIX}ALLOW_WITHOUT_KEY=true to allow it"
            )
        return self

    def key_digests(self) -> tuple[bytes, ...]:
        """Return the hashes of the keys, all that the running service holds of them."""
        return tuple(digest(key.get_secret_value()) for key in self.api_keys)


def digest(key: str) -> bytes:
    """Hash a key, so that comparing takes the same time whatever its length."""
    return hashlib.sha256(key.encode("latin-1", "replace")).digest()


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach the address.

    >>> [is_loopback(host) for host in ("127.0.0.1", "::1", "localhost", "0.0.0.0", "example.org")]
    [True, True, True, False, False]
    """
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def read_settings() -> Settings:
    """Read the environment.

    Raises:
        InputError: a variable is unknown, or a value is wrong or unsafe; the value itself is not repeated.

    """
    known = [PREFIX + name.upper() for name in Settings.model_fields]
    for name in sorted(os.environ):
        if name.upper().startswith(PREFIX) and name.upper() not in known:  # a mistyped key would leave the door open
            near = difflib.get_close_matches(name.upper(), known, 1)
            raise InputError(f"{name} is no setting of the service; " + (f"try {near[0]}" if near else "unset it"))
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        name = f"{PREFIX}{str(first['loc'][0]).upper()}: " if first["loc"] else ""
        raise InputError(name + first["msg"].removeprefix("Value error, ")) from None
