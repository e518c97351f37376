"""The environment, read once at the doors. No secret has a default, and none is ever printed."""

from pathlib import Path
from typing import Literal, NamedTuple
from urllib.parse import SplitResult, unquote, urlsplit

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict


class SettingMissing(Exception):  # noqa: N818 - nothing failed, something was left out
    """A setting that is needed here was not given, or cannot be read."""


class Smtp(NamedTuple):
    """Where letters are handed over."""

    host: str
    port: int
    user: str | None
    password: str | None
    tls: Literal["none", "starttls", "tls"]


class Imap(NamedTuple):
    """A mailbox in which returned post arrives."""

    host: str
    port: int
    user: str
    password: str
    folder: str
    tls: Literal["starttls", "tls"]


_SCHEMES: dict[str, tuple[Literal["none", "starttls", "tls"], int]] = {
    "smtp": ("none", 25),
    "smtp+starttls": ("starttls", 587),
    "smtps": ("tls", 465),
}
_IMAP_SCHEMES: dict[str, tuple[Literal["starttls", "tls"], int]] = {
    "imaps": ("tls", 993),
    "imap+starttls": ("starttls", 143),
}
NOBODY = ("", "none")
"""How RETURNED_POST_URL says that nobody reads returned post."""


class Settings(BaseSettings):
    """Addresses, secrets and choices of one installation."""

    model_config = SettingsConfigDict(extra="ignore", frozen=True)

    database_url: SecretStr | None = None
    temporal_address: str | None = None
    temporal_namespace: str = "default"
    smtp_url: SecretStr | None = None
    returned_post_url: SecretStr | None = None
    mail_from: str = "Mobility engine <mobility@localhost>"
    mail_connections: int = Field(default=4, ge=1, le=50)
    mail_per_second: float | None = Field(default=None, gt=0)
    reminders_per_day: int = Field(default=3, ge=1)
    reminders_per_week: int = Field(default=10, ge=1)
    agenda_settles_minutes: int = Field(default=15, ge=0, le=24 * 60)
    portal_url: str = Field(default="none", pattern=r"^(https?://[^\s/?#]+(/[^\s?#]*)?|none)$")
    portal_bind: str = Field(default="127.0.0.1:8080", pattern=r"^[^\s:]+:\d{1,5}$")
    mobility_key: SecretStr | None = None
    mobility_task_queue: str = "mobility"
    mobility_environment: Literal["production", "demo"] = "production"
    mobility_rates: Path | None = None
    mobility_plans: Path | None = None
    mobility_weights: Path | None = None
    mobility_home: Path = Path(".mobility")

    def required(self, name: str) -> str:
        """A setting that cannot be done without.

        Raises:
            SettingMissing: naming it.
        """
        value = getattr(self, name)
        if value is None:
            raise SettingMissing(
                f"{name.upper()} is not set: set it in the environment, or start everything on "
                "this machine with 'mobility up'."
            )
        return value.get_secret_value() if isinstance(value, SecretStr) else str(value)

    def smtp(self) -> Smtp:
        """The mail server, from SMTP_URL: smtp://, smtp+starttls:// or smtps://.

        Raises:
            SettingMissing: when it is not given or not such an address.
        """
        try:
            url = urlsplit(self.required("smtp_url"))
            host, given_port = url.hostname, url.port
        except ValueError:
            host = None
        if not host or url.scheme not in _SCHEMES:
            raise SettingMissing(
                f"SMTP_URL must read like {', '.join(f'{s}://host:port' for s in _SCHEMES)}."
            ) from None
        tls, port = _SCHEMES[url.scheme]
        return Smtp(
            host,
            given_port or port,
            unquote(url.username) if url.username else None,
            unquote(url.password) if url.password else None,
            tls,
        )

    def returned_post(self) -> Path | Imap | None:
        """The letterbox, from RETURNED_POST_URL; none when nobody reads returned post.

        Raises:
            SettingMissing: when it is not such an address.
        """
        given = self.returned_post_url.get_secret_value() if self.returned_post_url else ""
        if given in NOBODY:
            return None
        try:
            letterbox = _letterbox_at(urlsplit(given))
        except ValueError:
            letterbox = None
        if letterbox is None:
            raise SettingMissing(
                "RETURNED_POST_URL must read like maildir:///folder, "
                f"{', '.join(f'{s}://user:password@host:port/INBOX' for s in _IMAP_SCHEMES)}, "
                "or none."
            ) from None
        return letterbox

    @property
    def portal(self) -> str:
        """Where people's browsers reach the portal; empty where none is run."""
        return "" if self.portal_url == "none" else self.portal_url

    @property
    def is_production(self) -> bool:
        """Real people and real money: no virtual clock, no illustrations."""
        return self.mobility_environment == "production"

    def as_environment(self) -> dict[str, str]:
        """The same settings for a process we start."""
        given = ((name, getattr(self, name)) for name in type(self).model_fields)
        return {
            name.upper(): v.get_secret_value() if isinstance(v, SecretStr) else str(v)
            for name, v in given
            if v is not None
        }


def _letterbox_at(url: SplitResult) -> Path | Imap | None:
    """The letterbox an address means; none where it means none, or leaves something out."""
    path = unquote(url.path)
    if url.scheme == "maildir":
        return Path(path) if path.startswith("/") and not url.netloc else None
    folder = path.removeprefix("/") or "INBOX"
    is_whole = url.hostname and url.username and url.password and folder.isascii()
    if url.scheme not in _IMAP_SCHEMES or not is_whole or not folder.isprintable():
        return None
    tls, port = _IMAP_SCHEMES[url.scheme]
    return Imap(
        url.hostname or "", url.port or port, unquote(url.username or ""),
        unquote(url.password or ""), folder, tls,
    )  # fmt: skip


def read_environment() -> Settings:
    """The settings of this process.

    Raises:
        SettingMissing: when one of them cannot be read, naming it and never its value.
    """
    try:
        return Settings()
    except ValidationError as trouble:
        mistake = trouble.errors(include_input=False, include_url=False, include_context=False)[0]
        name = str(mistake["loc"][0]).upper()
        what = mistake["msg"].removeprefix("Input should be ")
        raise SettingMissing(f"{name} should be {what}: correct it in the environment.") from None
