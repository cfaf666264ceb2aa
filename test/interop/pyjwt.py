"""Signs or verifies one JWT with PyJWT. Reads the task as JSON from standard input, writes the outcome likewise."""

import json
import sys

import jwt


def main() -> None:
    task = json.load(sys.stdin)
    if task["do"] == "sign":
        outcome = jwt.encode(task["claims"], task["key"], algorithm=task["alg"], headers=task["header"])
    else:
        outcome = jwt.decode(
            task["token"],
            task["key"],
            algorithms=[task["alg"]],
            issuer=task["issuer"],
            audience=task["audience"],
            options={"require": ["iss", "aud", "exp"]},
        )
    json.dump(outcome, sys.stdout)


main()
