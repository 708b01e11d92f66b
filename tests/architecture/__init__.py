"""The rules of the house, read from the source: what would otherwise be a sentence in a document is a test here."""
