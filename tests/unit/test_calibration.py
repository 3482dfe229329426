"""Calibration learns a user's own words, is judged on what it has not seen, and is used only where it beats stock."""

import random
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
import pytest

from transforms.text.calibration import calibrate
from transforms.text.calibration_fit import SCORE_PENALTY, Restraint, chosen_restraint, fit
from transforms.text.calibration_judge import CalibrationParams
from transforms.text.calibration_model import (
    CLASSES,
    SentimentModel,
    probabilities,
    score_calibrated,
    score_features,
    term_table,
)
from transforms.text.sentiment import SentimentParams

SENTIMENT = SentimentParams()
QUICK = CalibrationParams(resamples=100)
# praise and complaint in words that VADER does not know
PRAISE, COMPLAINT, NEWS = ["bussin", "snappy", "slaps"], ["laggy", "janky", "bricked"], ["launch", "update", "tuesday"]


def mentions(count: int, seed: int = 3, noise: float = 0.05) -> pl.DataFrame:
    """Invented posts about two brands; the label is in the slang, which a share of the posts gets wrong."""
    rng = random.Random(seed)
    rows = []
    for number in range(count):
        label, words = rng.choice([("positive", PRAISE), ("negative", COMPLAINT), ("neutral", NEWS)])
        word = rng.choice([*PRAISE, *COMPLAINT, *NEWS]) if rng.random() < noise else rng.choice(words)
        text = f"my {rng.choice(['acme', 'globex'])} phone {word} {rng.choice(['today', 'again', 'really'])} {number}"
        rows.append(
            {
                "text": text,
                "language_code": "en",
                "sentiment_label": label,
                "brand_id": "acme" if number % 2 else "globex",
            }
        )
    return pl.DataFrame(rows)


def test_a_model_that_knows_the_users_words_beats_stock_and_is_chosen() -> None:
    calibration = calibrate(mentions(300), SENTIMENT, QUICK)
    by_name = {row["candidate"]: row for row in calibration.candidates.iter_rows(named=True)}
    assert calibration.chosen == "model" and by_name["model"]["is_chosen"] and not by_name["stock"]["is_chosen"]
    assert by_name["model"]["macro_recall_ratio"] > 0.9 > 0.4 > by_name["stock"]["macro_recall_ratio"]
    assert by_name["model"]["gain_low_ratio"] > 0
    assert by_name["model"]["net_sentiment_error"] < by_name["stock"]["net_sentiment_error"]


def test_nothing_is_chosen_over_stock_when_the_labels_are_chance() -> None:
    labelled = mentions(300)
    shuffled = labelled.with_columns(sentiment_label=labelled["sentiment_label"].shuffle(seed=5))
    calibration = calibrate(shuffled, SENTIMENT, QUICK)
    assert calibration.chosen == "stock"
    assert calibration.candidates.filter("is_chosen")["candidate"].to_list() == ["stock"]


def test_a_text_that_occurs_twice_is_never_judged_by_a_model_that_saw_it() -> None:
    # every text twice, labels by chance: seeing the twin would give the model an accuracy near 1
    texts = [f"unique{number} thing{number}" for number in range(150)] * 2
    labels = [random.Random(number % 150).choice(["positive", "neutral", "negative"]) for number in range(300)]
    labelled = pl.DataFrame({"text": texts, "sentiment_label": labels}).with_columns(language_code=pl.lit("en"))
    calibration = calibrate(labelled, SENTIMENT, QUICK)
    assert calibration.candidates.filter(pl.col("candidate") == "model")["accuracy_ratio"][0] < 0.5


def test_every_labelled_mention_is_in_the_confusion_once_per_candidate() -> None:
    calibration = calibrate(mentions(150), SENTIMENT, QUICK)
    sums = calibration.confusion.group_by("candidate").agg(pl.col("mention_count").sum())
    assert dict(sums.iter_rows()) == {"stock": 150, "improved": 150, "thresholds": 150, "model": 150}


def test_the_error_of_net_sentiment_is_given_for_each_brand_with_enough_labels() -> None:
    labelled = mentions(200)
    few = labelled.head(5).with_columns(brand_id=pl.lit("initech"))
    brands = calibrate(pl.concat([labelled, few]), SENTIMENT, QUICK).brands.filter(pl.col("candidate") == "stock")
    assert brands["brand_id"].to_list() == ["acme", "globex"]
    acme = labelled.filter(pl.col("brand_id") == "acme")["sentiment_label"].to_list()
    net = (acme.count("positive") - acme.count("negative")) / len(acme)
    assert brands["labelled_net_sentiment_ratio"][0] == pytest.approx(net)
    predicted = float(brands["predicted_net_sentiment_ratio"][0])
    assert brands["net_sentiment_error"][0] == pytest.approx(abs(predicted - net))


def test_without_brands_the_error_is_that_of_all_mentions() -> None:
    brands = calibrate(mentions(150).drop("brand_id"), SENTIMENT, QUICK).brands
    assert brands["brand_id"].unique().to_list() == ["all mentions"]


def test_thresholds_move_to_where_the_labels_put_them() -> None:
    # to this user a single mild word of praise is still neutral
    texts = ["nice phone", "the phone", "awful horrible phone", "great excellent wonderful phone"] * 40
    labels = ["neutral", "neutral", "negative", "positive"] * 40
    labelled = pl.DataFrame({"text": [f"{text} {at}" for at, text in enumerate(texts)], "sentiment_label": labels})
    calibration = calibrate(labelled.with_columns(language_code=pl.lit("en")), SENTIMENT, QUICK)
    negative, positive = calibration.thresholds
    assert positive > 0.4215 and negative == -0.05  # "nice" scores 0.4215
    thresholds = calibration.candidates.filter(pl.col("candidate") == "thresholds")
    assert thresholds["macro_recall_ratio"][0] == 1.0


def test_mentions_in_a_language_without_a_lexicon_are_left_out_and_counted() -> None:
    labelled = pl.concat([mentions(150), mentions(7).with_columns(language_code=pl.lit("xx"))])
    assert calibrate(labelled, SENTIMENT, QUICK).left_out_count == 7


def test_the_same_labels_give_the_same_calibration() -> None:
    first, second = (calibrate(mentions(150), SENTIMENT, QUICK) for _ in range(2))
    assert first.model == second.model and first.candidates.equals(second.candidates)


@pytest.mark.parametrize(
    ("labelled", "message"),
    [
        (mentions(150).drop("text"), "no column 'text'"),
        (mentions(150).with_columns(sentiment_label=pl.lit("good")), "'good' is no label"),
        (mentions(150).with_columns(sentiment_label=pl.lit(None, dtype=pl.String)), "None is no label"),
        (mentions(30), "30 labelled mentions can be scored"),
        (mentions(150).with_columns(sentiment_label=pl.lit("neutral")), "0 in the rarest class"),
    ],
)
def test_labels_that_cannot_be_used_are_refused_with_the_remedy(labelled: pl.DataFrame, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        calibrate(labelled, SENTIMENT, QUICK)


def test_a_model_survives_json_and_scores_the_same() -> None:
    model = calibrate(mentions(150), SENTIMENT, QUICK).model
    again = SentimentModel.from_json(model.to_json())
    assert again == model and again.model_id == model.model_id
    texts, codes = pl.Series(["my acme phone slaps", "so laggy"]), pl.Series(["en", "en"])
    assert score_calibrated(texts, codes, again, SENTIMENT).equals(score_calibrated(texts, codes, model, SENTIMENT))


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": 99}', '{"format": 2, "terms": []}', "null"])
def test_json_that_is_no_model_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="calibrate again"):
        SentimentModel.from_json(text)


def test_the_model_scores_its_own_languages_only() -> None:
    model = calibrate(mentions(150), SENTIMENT, QUICK).model
    scored = score_calibrated(
        pl.Series(["it slaps", "it is laggy", "it slaps", None, "it slaps"]),
        pl.Series(["en", "en-US", "fr", "en", None]),
        model, SENTIMENT,
    )  # fmt: skip
    assert scored["sentiment_calibrated_label"].to_list() == [
        "positive",
        "negative",
        "unscored",
        "unscored",
        "unscored",
    ]
    assert scored["sentiment_calibrated_score"].is_null().to_list() == [False, False, True, True, True]
    assert scored["sentiment_calibrated_model_id"].to_list() == [model.model_id] * 2 + [None] * 3


def test_terms_are_words_and_pairs_without_links_and_names() -> None:
    terms = term_table(pl.Series(["Hey @bob, don't go https://x.co/1 24 24!", None, ""]))
    assert terms["row"].unique().to_list() == [0]
    expected = {"hey", "_user_", "don't", "go", "_url_", "0", "!", "hey _user_", "_user_ don't", "don't go", "go _url_"}
    assert set(terms["term"]) == expected | {"_url_ 0", "0 0", "0 !"}


def test_only_the_wanted_terms_are_looked_for_when_they_are_known() -> None:
    texts = pl.Series(["so so good", "good so bad", "bad"])
    wanted = pl.Series(["so good", "bad"])
    found = term_table(texts, wanted).filter(pl.col("term").is_in(wanted.implode()))
    everything = term_table(texts).filter(pl.col("term").is_in(wanted.implode()))
    assert found.sort("row", "term").equals(everything.sort("row", "term")) and len(found) == 3


def test_the_fit_reaches_the_minimum_of_its_loss() -> None:
    # at the minimum of a penalised log-loss no small change of any weight lowers it
    words = pl.Series(["good", "bad!", "fine but awful", "?", "love it"] * 12)
    labelled = mentions(60).with_columns(text=pl.col("text") + " " + words)
    truth = np.array([CLASSES.index(label) for label in labelled["sentiment_label"]])
    terms = term_table(labelled["text"])
    features = score_features(labelled["text"], labelled["language_code"], SENTIMENT)
    penalty = 0.01
    model: Any = fit(terms, features, truth, ("en",), Restraint(penalty, 0.0))
    deviations = features.std(axis=0)

    def loss(changed: SentimentModel) -> float:
        shares = probabilities(changed, terms, features)[np.arange(len(truth)), truth]
        balance = 1 / np.bincount(truth)[truth]
        standard = np.array(changed.score_weights) * deviations[:, None]
        shrunk = penalty * np.sum(np.square(changed.term_weights)) + SCORE_PENALTY * np.sum(standard**2)
        return float(-(balance * np.log(shares)).sum() / balance.sum() + shrunk / 2)

    at_minimum = loss(model)
    for term in range(0, len(model.terms), 7):
        for step in (-0.05, 0.05):
            moved = np.array(model.term_weights)
            moved[term, term % 3] += step
            assert loss(replace(model, term_weights=moved)) > at_minimum
    for score in np.flatnonzero(deviations):
        for step in (-0.05, 0.05):
            moved = np.array(model.score_weights)
            moved[score, score % 3] += step / deviations[score]
            assert loss(replace(model, score_weights=moved)) > at_minimum


def test_a_lean_moves_net_sentiment_where_the_model_takes_one_side() -> None:
    labelled = mentions(200, noise=0.6).filter(
        (pl.col("sentiment_label") != "negative") | (pl.int_range(pl.len()) % 4 == 0)
    )
    truth = np.array([CLASSES.index(label) for label in labelled["sentiment_label"]])
    terms = term_table(labelled["text"])
    features = score_features(labelled["text"], labelled["language_code"], SENTIMENT)
    fold = np.arange(len(truth)) % 4

    def net_error(restraint: Restraint) -> float:
        model = fit(terms, features, truth, ("en",), restraint)
        return abs(float(np.mean(probabilities(model, terms, features).argmax(axis=1) - truth)))

    chosen = chosen_restraint(terms, features, truth, fold)
    assert chosen.lean > 0
    assert net_error(chosen) < net_error(Restraint(chosen.penalty, 0.0))
