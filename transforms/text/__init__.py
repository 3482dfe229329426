"""What a text says: sentiment, language, near-duplicates and the features read off the words."""
