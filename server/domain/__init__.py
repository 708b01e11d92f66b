"""The nouns of the lobby and the floors: one folder a subject, the same four files in each.

``rules`` are pure (states, transition tables, deadline arithmetic); ``tables`` are rows; ``queries`` are named reads that return
what screens need; ``service`` holds the verbs, each one transaction. Declared order, lower ones first: attempts, staff, people,
devices, notices, visits, drafts, assistance.
"""
