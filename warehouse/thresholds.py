"""The `quality` section of listening.yaml: where the gate's rules of degree start to speak in this workspace."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Share = Annotated[float, Field(ge=0, le=1)]
Hours = Annotated[float, Field(gt=0)]
Days = Annotated[int, Field(ge=1)]


class QualitySection(BaseModel):
    """Names and defaults are those of `quality.context.QualityThresholds`, which says what each is for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    file_reject_warning_ratio: Share = 0.02
    total_reject_error_ratio: Share = 0.25
    unscored_warning_ratio: Share = 0.5
    unmatched_warning_ratio: Share = 0.5
    duplicate_warning_ratio: Share = 0.3
    withheld_warning_ratio: Share = 0.5
    stale_warning_hours: Hours = 48.0
    lag_error_hours: Hours = 26.0
    volume_low_ratio: Annotated[float, Field(ge=0, lt=1)] = 0.25
    volume_high_ratio: Annotated[float, Field(gt=1)] = 4.0
    volume_judged_days: Days = 3
    volume_history_days: Days = 28
    volume_minimum_history_days: Days = 7
    vanished_warning_ratio: Share = 0.02
    mood_shift_warning_ratio: Share = 0.1
