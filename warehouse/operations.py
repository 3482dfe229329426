"""What `listening.yaml` says about running the workspace: when, who is told of what, and the weekly digest.

Nothing here changes a number: a release does not depend on these sections. Secrets are never written here; a key that
ends in `_env` names the environment variable that holds one.
"""

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Severity = Literal["low", "medium", "high", "crisis"]
Happening = Literal["run_failed", "gate_refused", "run_recovered", "spike"]
EnvironmentVariable = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]{0,99}$")]
Address = Annotated[str, Field(pattern=r"^[^@\s<>,;\"]{1,64}@[^@\s<>,;\"]{1,255}$")]
HttpAddress = Annotated[str, Field(pattern=r"^https?://[^\s]+$", max_length=2000)]
ALL_HAPPENINGS: tuple[Happening, ...] = ("run_failed", "gate_refused", "run_recovered", "spike")


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class ScheduleSection(_Section):
    """When the scheduled run starts, from which day on days can be computed again, and how old a release may grow."""

    run_at: Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")] = "06:00"
    first_day: date | None = None
    fresh_within_hours: Annotated[float, Field(ge=0.05, le=24 * 365)] = 36.0


class WebhookSection(_Section):
    """A JSON POST to an address that an environment variable holds; signed where a second one holds a secret."""

    url_env: EnvironmentVariable = "LISTENING_WEBHOOK_URL"
    secret_env: EnvironmentVariable | None = None
    allow_http: bool = False
    timeout_seconds: Annotated[float, Field(gt=0, le=60)] = 10.0
    ca_file: str | None = None


class EmailSection(_Section):
    """An e-mail through a mail server. Without encryption (`security: none`) it has to be allowed by `allow_plain`."""

    host: Annotated[str, Field(min_length=1, max_length=253)]
    port: Annotated[int, Field(ge=1, le=65535)] = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    allow_plain: bool = False
    sender: Address
    to: Annotated[tuple[Address, ...], Field(min_length=1, max_length=50)]
    username_env: EnvironmentVariable | None = None
    password_env: EnvironmentVariable | None = None
    timeout_seconds: Annotated[float, Field(gt=0, le=60)] = 10.0
    ca_file: str | None = None

    @model_validator(mode="after")
    def _is_sent_safely(self) -> "EmailSection":
        if self.security == "none" and not self.allow_plain:
            raise ValueError("security 'none' sends alerts readable on the way; say so with 'allow_plain: true'")
        if self.security == "none" and self.password_env:
            raise ValueError("a password is not sent without encryption; use 'starttls' or 'tls'")
        if (self.username_env is None) != (self.password_env is None):
            raise ValueError("give both 'username_env' and 'password_env', or neither")
        return self


class AlertsSection(_Section):
    """Who is told of failures and spikes. Words from mentions are left out unless `include_sentence` is true."""

    webhook: WebhookSection | None = None
    email: EmailSection | None = None
    tell: tuple[Happening, ...] = ALL_HAPPENINGS
    spike_severity: Severity = "high"
    include_sentence: bool = False
    ended_within_hours: Annotated[float, Field(ge=0, le=24 * 31)] = 0.0
    language: Literal["en", "fr"] = "en"
    dashboard_url: HttpAddress | None = None


class DigestSection(_Section):
    """The weekly digest: its languages, the dashboard its links lead to, and the addresses on its e-mail."""

    languages: Annotated[tuple[Literal["en", "fr"], ...], Field(min_length=1)] = ("en",)
    dashboard_url: HttpAddress | None = None
    sender: Address = "listening@localhost.localdomain"
    to: tuple[Address, ...] = ()
