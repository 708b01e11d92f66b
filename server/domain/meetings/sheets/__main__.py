"""The reading process: a file by standard input, what else it must know as JSON in its one argument, rows as JSON out."""

from __future__ import annotations

import json
import sys

from server.domain.meetings.sheets.reading import answer
from server.sheets import answer_with

if __name__ == "__main__":
    answer_with(lambda content: answer(content, json.loads(sys.argv[1])))
