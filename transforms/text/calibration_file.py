"""The file that keeps a calibrated model in a workspace: JSON, the same for the same labels, no clock in it."""

import json
from typing import Any

from transforms.text.calibration import Calibration
from transforms.text.calibration_model import SentimentModel


def kept_text(calibration: Calibration) -> str:
    """The model with its id, and what cross-validation said of it and of the others, as a person can read it."""
    kept: dict[str, Any] = {
        "model_id": calibration.model.model_id,
        "cross_validation": calibration.candidates.to_dicts(),
        "model": json.loads(calibration.model.to_json()),
    }
    return json.dumps(kept, ensure_ascii=False, indent=1) + "\n"


def kept_model(text: str) -> SentimentModel:
    """The model of such a file; raises ValueError if it is none, or was changed since."""
    try:
        kept = json.loads(text)
        model = SentimentModel.from_json(json.dumps(kept["model"]))
    except (KeyError, TypeError, json.JSONDecodeError) as error:
        raise ValueError("not a calibrated model: run `listening calibrate` again, or remove the file") from error
    if kept.get("model_id") != model.model_id:
        raise ValueError("changed since it was calibrated: run `listening calibrate` again, or remove the file")
    return model
