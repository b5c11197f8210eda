"""Filling in forms as a person does: one page after another, each answered by its own step."""

import re

STEP = re.compile(r"^/drafts/[^/]+/pages/([^/]+)$")


def step(person):
    """The step of a form the person stands at; None when it is not a page of a form."""
    found = STEP.match(person.path)
    return found.group(1) if found else None


def proceed(person):
    person.press("action", "continue")


def fill_form(person, answers, until=None):
    """Answers page after page until the answers are to be checked, or until a step. What each page looked like, by step."""
    seen = {}
    for _ in range(40):
        current = step(person)
        if current is None or current == until:
            return seen
        assert current not in seen, f"{current} is asked twice:\n{person.main()}"
        seen[current] = person.main()
        if current == "person":
            person.shot("form")
        answers[current](person)
        if step(person) == current:
            proceed(person)
    raise AssertionError(f"the form does not end: {list(seen)}")


def upload(person, name, file):
    """Attaches a file as a person without JavaScript does: choose it, send it, see it listed."""
    person.attach(name, file)
    person.press("action", "upload")
    assert file.name in person.main()
