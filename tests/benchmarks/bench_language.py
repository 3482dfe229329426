"""Language detection against py3langid on one thread, in one run: speed, equal answers, accuracy by text length.

usage: python tests/benchmarks/bench_language.py [CSV with columns lang,text]
Without a file the synthetic sentences below are used and no accuracy is worth printing.
"""

import os

os.environ["POLARS_MAX_THREADS"] = "1"

import sys
import time
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import polars as pl
from py3langid.langid import MODEL_FILE, LanguageIdentifier

sys.path.insert(0, str(Path(__file__).parents[2]))

from transforms.text.language import COMMON_LANGUAGE_CODES, LanguageParams, detect_languages
from transforms.text.normalise import text_for_language, word_count

SYNTHETIC = {
    "en": "@acme my order still has not arrived and nobody answers the phone 😡 #fail https://t.co/abc",
    "fr": "Toujours pas de nouvelles de ma commande, le service client ne répond jamais @acme",
    "es": "Llevo tres semanas esperando el pedido y nadie contesta #acme",
    "de": "Seit drei Wochen warte ich auf mein Paket, so geht das nicht @acme",
}
OURS, PACKAGE = 200_000, 6_000


def main() -> None:
    print(", ".join(f"{name} {version(name)}" for name in ("py3langid", "polars", "numba", "numpy")), "one thread")
    if len(sys.argv) > 1:
        labelled = pl.read_csv(sys.argv[1], columns=["lang", "text"])
    else:
        labelled = pl.DataFrame({"lang": list(SYNTHETIC), "text": list(SYNTHETIC.values())})
    texts = pl.concat([labelled["text"]] * (1 + OURS // len(labelled))).head(OURS).rechunk()
    for languages, others in (
        (("en", "fr"), COMMON_LANGUAGE_CODES),
        (("en", "fr"), ()),
        (("de", "en", "es", "fr", "it", "pt"), ()),
    ):
        params = LanguageParams(languages, others, min_confidence_ratio=0.0, thread_count=1)
        compare(texts, params)
        accuracy(labelled, params)


def compare(texts: pl.Series, params: LanguageParams) -> None:
    package = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    package.set_languages(params.candidate_codes())
    detect_languages(texts.head(10), None, params)
    ours, theirs = [], []
    for _ in range(5):  # turn about, so that a busy machine slows both
        start = time.perf_counter()
        found = detect_languages(texts, None, params)
        ours.append((time.perf_counter() - start) / len(texts))
        some = text_for_language(texts.head(PACKAGE)).to_list()
        start = time.perf_counter()
        answers = [package.classify(text) for text in some]
        theirs.append((time.perf_counter() - start) / len(some))
    different = sum(
        code is not None and code != answer for code, (answer, _) in zip(found["language_code"], answers, strict=False)
    )
    print(
        f"{'+'.join(params.language_codes)} among {len(params.candidate_codes())} languages: ours with cleaning "
        f"{1 / min(ours):,.0f} texts/s, package without cleaning {1 / min(theirs):,.0f} texts/s, "
        f"ratio {min(theirs) / min(ours):.1f}, different answers {different} of {len(answers)}"
    )


def accuracy(labelled: pl.DataFrame, params: LanguageParams) -> None:
    words = word_count(text_for_language(labelled["text"]))
    for rule in (params, replace(params, min_confidence_ratio=LanguageParams.min_confidence_ratio)):
        found = detect_languages(labelled["text"], None, rule)["language_code"]
        counted = labelled.with_columns(found=found, words=words)
        for name, some in (("all texts", counted), ("five words or fewer", counted.filter(pl.col("words") <= 5))):
            answered = some.filter(pl.col("found").is_not_null())
            outside = some.filter(~pl.col("lang").is_in(params.language_codes))
            leaked = outside["found"].is_in(params.language_codes).sum()
            right = (answered["found"] == answered["lang"]).sum()
            print(
                f"  answers above {rule.min_confidence_ratio}, {name} ({len(some)}): answered {len(answered)}, right "
                f"{right / max(len(answered), 1):.3f} of the answered, given a workspace language from outside "
                f"{leaked} of {len(outside)}"
            )


if __name__ == "__main__":
    main()
