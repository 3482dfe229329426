"""The sentences of alerts, in English and French."""

_WORDS: dict[str, dict[str, str]] = {
    "en": {
        "spike": "Spike: {brand}, {place} ({severity})",
        "spike_escalated": "Spike grown: {brand}, {place} (now {severity})",
        "spike_text": "{observed} mentions since {since}, where about {expected} are usual: {ratio} times as many.",
        "spike_text_new": "{observed} mentions since {since}, where none are usual.",
        "everywhere": "all platforms",
        "low": "low",
        "medium": "medium",
        "high": "high",
        "crisis": "crisis",
        "run_failed": "{workspace}: the run failed at {step}",
        "gate_refused": "{workspace}: the checks refused the new release",
        "run_recovered": "{workspace}: runs end well again",
        "recovered_text": "Release {release} is published.",
        "test": "{workspace}: a test alert",
        "test_text": "This is what an alert looks like. Nothing has happened.",
    },
    "fr": {
        "spike": "Pic : {brand}, {place} ({severity})",
        "spike_escalated": "Pic aggravé : {brand}, {place} (désormais {severity})",
        "spike_text": "{observed} mentions depuis {since}, contre {expected} d'ordinaire : {ratio} fois plus.",
        "spike_text_new": "{observed} mentions depuis {since}, là où il n'y en a aucune d'ordinaire.",
        "everywhere": "toutes plateformes",
        "low": "faible",
        "medium": "moyen",
        "high": "fort",
        "crisis": "crise",
        "run_failed": "{workspace} : l'exécution a échoué à l'étape {step}",
        "gate_refused": "{workspace} : les contrôles ont refusé la nouvelle version",
        "run_recovered": "{workspace} : les exécutions aboutissent de nouveau",
        "recovered_text": "La version {release} est publiée.",
        "test": "{workspace} : une alerte d'essai",
        "test_text": "Voici à quoi ressemble une alerte. Il ne s'est rien passé.",
    },
}


def words(language: str) -> dict[str, str]:
    """Name of a sentence → the sentence, with its places for numbers."""
    return _WORDS[language]
