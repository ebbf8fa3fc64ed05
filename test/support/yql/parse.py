"""Parses the YQL statements that come on stdin, a JSON list, and prints for each what is wrong, or null."""

import json
import sys

import sqlglot
import ydb_sqlglot  # noqa: F401


def fault(statement):
    try:
        parsed = sqlglot.parse(statement, dialect="ydb")
    except Exception as error:
        return str(error)
    commands = [part.sql() for part in parsed if part and part.key == "command"]
    return f"not understood: {commands}" if commands else None


print(json.dumps([fault(statement) for statement in json.load(sys.stdin)]))
