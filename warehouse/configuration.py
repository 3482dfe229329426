"""What a person declares in `listening.yaml`: brands, topics, zone, targets, sources; and how its mistakes are told."""

import difflib
import hashlib
import json
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import available_timezones

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from transforms.query.errors import QuerySyntaxError
from transforms.query.parser import parse_query
from transforms.sources.custom import CustomSource
from transforms.sources.registry import DECLARATIONS
from warehouse.operations import AlertsSection, DigestSection, EmailSection, ScheduleSection, WebhookSection
from warehouse.sentiment_section import SentimentSection
from warehouse.tables.columns import PLATFORMS
from warehouse.thresholds import QualitySection

Slug = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$")]
Words = Annotated[str, Field(min_length=1, max_length=2000)]


class ConfigurationError(ValueError):
    """listening.yaml cannot be used; `problems` holds one clear line per mistake, with file, line and column."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def _known_zone(name: str) -> str:
    if name not in available_timezones():
        near = difflib.get_close_matches(name, available_timezones(), n=1)
        raise ValueError(f"'{name}' is not an IANA time zone" + (f" (did you mean '{near[0]}'?)" if near else ""))
    return name


def _valid_query(text: str) -> str:
    try:
        parse_query(text)
    except QuerySyntaxError as error:
        place = f"line {error.line}, " if "\n" in text.strip() else ""
        raise ValueError(f"{place}character {error.column}: {error.problem}; {error.expected_text}") from error
    return text


Zone = Annotated[str, AfterValidator(_known_zone)]
BooleanQuery = Annotated[str, Field(min_length=1, max_length=20_000), AfterValidator(_valid_query)]
Platform = Literal[PLATFORMS]  # type: ignore[valid-type]
Days = Annotated[int, Field(ge=1, le=36_500)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Account(_Section):
    """A public account of a brand: its posts are owned, not earned."""

    platform: Platform
    handle: Annotated[str, Field(min_length=1, max_length=200)]
    zone: Zone | None = None


class Brand(_Section):
    """One brand of the panel. It is found by its aliases or by a Boolean query.

    `vendor_queries` name saved searches of a vendor (or values of a brand column): what was exported under them is
    about the brand too, whatever the text says.
    """

    id: Slug
    name: Words
    role: Literal["own", "competitor"]
    aliases: tuple[Words, ...] = ()
    exclusions: tuple[Words, ...] = ()
    query: BooleanQuery | None = None
    vendor_queries: tuple[Words, ...] = ()
    official_accounts: tuple[Account, ...] = ()

    @model_validator(mode="after")
    def _can_be_matched(self) -> "Brand":
        if not self.aliases and self.query is None:
            raise ValueError("a brand needs 'aliases' or a 'query' to be found by")
        if self.query is not None and (self.aliases or self.exclusions):
            raise ValueError("give either 'aliases' with 'exclusions' or a 'query', not both")
        return self


class Topic(_Section):
    """A subject of conversation, found by a Boolean query."""

    id: Slug
    name: Words
    query: BooleanQuery


class Target(_Section):
    """A number to reach by a day: any metric id of METRICS.md, for a brand."""

    metric: Slug
    brand: Slug
    value: float
    deadline: date


class WorkspaceSection(_Section):
    """What holds for the whole workspace."""

    name: Words
    reporting_zone: Zone
    languages: Annotated[tuple[str, ...], Field(min_length=1)] = ("en", "fr")
    show_author_names: bool = False
    keep_releases: Annotated[int, Field(ge=1, le=1000)] = 10
    keep_days: Annotated[int, Field(ge=0, le=3660)] = 0
    keep_months: Annotated[int, Field(ge=0, le=1200)] = 0
    retention_days: dict[Platform | Literal["all"], Days] = Field(default_factory=dict)


class SourcesSection(_Section):
    """How exports are read where the file itself does not say."""

    account_zone: Zone | None = None
    account_zones: dict[Slug, Zone] = Field(default_factory=dict)
    custom: tuple[CustomSource, ...] = ()

    @model_validator(mode="after")
    def _zones_are_of_known_formats(self) -> "SourcesSection":
        codes = self._codes()
        for name in self.account_zones:
            if not any(_is_of_family(code, name) for code in codes):
                near = difflib.get_close_matches(name, codes, n=1)
                hint = f" (did you mean '{near[0]}'?)" if near else ""
                raise ValueError(f"account_zones: no format and no family of formats is called '{name}'{hint}")
        return self

    def _codes(self) -> list[str]:
        return [*(source.code for source in self.custom), *(declaration.code for declaration in DECLARATIONS)]

    def zone_by_format(self) -> dict[str, str]:
        """Format → declared zone. A family's name (`sprout`) stands for its formats; the longest name wins."""
        zones = {}
        for code in self._codes():
            fitting = [name for name in self.account_zones if _is_of_family(code, name)]
            if fitting:
                zones[code] = self.account_zones[max(fitting, key=len)]
        return zones


def _is_of_family(code: str, name: str) -> bool:
    return code == name or code.startswith(f"{name}_")


class Configuration(_Section):
    """The whole of listening.yaml."""

    workspace: WorkspaceSection
    brands: tuple[Brand, ...]
    topics: tuple[Topic, ...] = ()
    targets: tuple[Target, ...] = ()
    sentiment: SentimentSection = SentimentSection()
    sources: SourcesSection = SourcesSection()
    quality: QualitySection = QualitySection()
    schedule: ScheduleSection = ScheduleSection()
    alerts: AlertsSection = AlertsSection()
    digest: DigestSection = DigestSection()

    @model_validator(mode="after")
    def _ids_are_unique(self) -> "Configuration":
        for section, ids in (("brands", [b.id for b in self.brands]), ("topics", [t.id for t in self.topics])):
            twice = sorted({name for name in ids if ids.count(name) > 1})
            if twice:
                raise ValueError(f"{section}: id '{twice[0]}' is declared twice")
        if not self.brands:
            raise ValueError("brands: declare at least one brand")
        unknown = sorted({t.brand for t in self.targets} - {b.id for b in self.brands})
        if unknown:
            raise ValueError(f"targets: brand '{unknown[0]}' is not declared under brands")
        unread = sorted({lexicon.language for lexicon in self.sentiment.lexicons} - set(self.workspace.languages))
        if unread:
            raise ValueError(f"sentiment.lexicons: '{unread[0]}' is not among workspace.languages: add it there")
        return self

    @property
    def configuration_id(self) -> str:
        """Hash of everything that numbers depend on; when it runs and who is told of it changes no number."""
        return digest(self.model_dump(mode="json", exclude={"schedule", "alerts", "digest"}))


def digest(value: object) -> str:
    """Short stable hash of any JSON-like value."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def load_configuration(path: Path) -> Configuration:
    """Read and check listening.yaml; raises ConfigurationError with one line per mistake."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise ConfigurationError([f"{path}: not found; `listening init {path.parent}` writes one"]) from error
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError([f"{path}: cannot be read as UTF-8 text ({error})"]) from error
    if (path, text) in _LAST:
        return _LAST[path, text]
    try:
        tree = yaml.compose(text, Loader=yaml.SafeLoader)
        values = yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f":{mark.line + 1}:{mark.column + 1}" if mark else ""
        raise ConfigurationError([f"{path}{place}: not valid YAML: {error.problem}"]) from error
    if not isinstance(values, dict):
        raise ConfigurationError([f"{path}:1:1: expected sections such as 'workspace:' and 'brands:'"])
    try:
        configuration = Configuration.model_validate(values, context={"folder": path.parent})
    except ValidationError as error:
        raise ConfigurationError([_problem(path, tree, dict(item)) for item in error.errors()]) from error
    if not configuration.sentiment.lexicons:
        # Files it names may change while it does not; without any, the same text is the same configuration.
        _LAST.clear()
        _LAST[path, text] = configuration
    return configuration


# The one checked last: each of a run's steps asks for it, and checking takes longer than many of them.
_LAST: dict[tuple[Path, str], Configuration] = {}


def _problem(path: Path, tree: yaml.Node | None, item: dict[str, Any]) -> str:
    """One line: file:line:column: where in the tree: what is wrong (and what was probably meant)."""
    keys = tuple(item["loc"])
    mark = _mark(tree, keys)
    dotted = "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in keys).lstrip(".") or "file"
    message = str(item["msg"]).removeprefix("Value error, ")
    if item["type"] == "extra_forbidden":
        near = difflib.get_close_matches(str(keys[-1]), _known_keys(keys[:-1]), n=1, cutoff=0.5)
        message = "unknown key" + (f" (did you mean '{near[0]}'?)" if near else "")
    elif item["type"] == "missing":
        message = "this key is required"
    elif not isinstance(item.get("input"), dict | list | tuple):
        message += f" (found {str(item.get('input'))[:60]!r})"
    return f"{path}:{mark[0]}:{mark[1]}: {dotted}: {message}"


def _mark(tree: yaml.Node | None, keys: tuple[int | str, ...]) -> tuple[int, int]:
    """Line and column, from 1, of the deepest node on the way to `keys`."""
    node, place = tree, (1, 1)
    for key in keys:
        if isinstance(node, yaml.MappingNode):
            found = [(k, v) for k, v in node.value if k.value == str(key)]
            if not found:
                break
            place = (found[0][0].start_mark.line + 1, found[0][0].start_mark.column + 1)
            node = found[0][1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(key, int) and key < len(node.value):
            node = node.value[key]
            place = (node.start_mark.line + 1, node.start_mark.column + 1)
        else:
            break
    return place


def _known_keys(keys: tuple[int | str, ...]) -> list[str]:
    """Keys allowed where `keys` leads, for the 'did you mean'."""
    model: Any = Configuration
    children: dict[str, Any] = {
        "workspace": WorkspaceSection,
        "brands": Brand,
        "topics": Topic,
        "targets": Target,
        "sentiment": SentimentSection,
        "sources": SourcesSection,
        "quality": QualitySection,
        "schedule": ScheduleSection,
        "alerts": AlertsSection,
        "webhook": WebhookSection,
        "email": EmailSection,
        "digest": DigestSection,
        "custom": CustomSource,
        "official_accounts": Account,
    }
    for key in keys:
        if isinstance(key, str) and key in children:
            model = children[key]
    return list(model.model_fields)
