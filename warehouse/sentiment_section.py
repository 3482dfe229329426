"""The section `sentiment` of `listening.yaml`: thresholds, own words, and the workspace's own lexicon files."""

import hashlib
from pathlib import Path
from typing import Annotated

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PrivateAttr,
    ValidationInfo,
    computed_field,
    model_validator,
)

from transforms.text.lexicons_own import own_lexicon

Word = Annotated[str, Field(min_length=1, max_length=2000)]
Valence = Annotated[float, Field(ge=-4, le=4)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class LexiconFile(_Section):
    """Words of the workspace's own with their scores, in a file of the workspace, for one language."""

    language: Annotated[str, Field(pattern=r"^[a-z]{2,3}$")]
    file: Annotated[str, Field(min_length=1, max_length=500)]
    _text: str = PrivateAttr("")

    @model_validator(mode="after")
    def _can_be_read(self, info: ValidationInfo) -> "LexiconFile":
        if info.context is None:
            return self
        self._text = read_inside(info.context["folder"], self.file)
        own_lexicon(self._text, self.language, self.file)
        return self

    @property
    def text(self) -> str:
        """What the file held when listening.yaml was read."""
        return self._text

    @computed_field  # type: ignore[prop-decorator]
    @property
    def content_id(self) -> str:
        """Another content, another configuration."""
        return hashlib.sha256(self._text.encode()).hexdigest()[:16]


def read_inside(folder: Path, name: str) -> str:
    """The text of a file of the workspace; raises ValueError for one outside it, or that is no UTF-8 text."""
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise ValueError(f"{name}: has to be inside the workspace")
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise ValueError(f"{name}: not found in {folder}") from error
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"{name}: cannot be read as UTF-8 text ({error})") from error


class SentimentSection(_Section):
    """What decides a label besides the shipped lexicons."""

    positive_threshold: Annotated[float, Field(gt=-1, le=1)] = 0.05
    negative_threshold: Annotated[float, Field(ge=-1, lt=1)] = -0.05
    brand_names_are_neutral: bool = True
    words: dict[str, dict[Word, Valence]] = Field(default_factory=dict)
    lexicons: tuple[LexiconFile, ...] = ()

    @model_validator(mode="after")
    def _lexicons_do_not_compete(self) -> "SentimentSection":
        languages = [lexicon.language for lexicon in self.lexicons]
        twice = sorted({language for language in languages if languages.count(language) > 1})
        if twice:
            raise ValueError(f"lexicons: two files for '{twice[0]}': put their words in one")
        return self

    @model_validator(mode="after")
    def _leaves_room_for_neutral(self) -> "SentimentSection":
        if self.negative_threshold >= self.positive_threshold:
            raise ValueError("negative_threshold has to be below positive_threshold")
        return self
