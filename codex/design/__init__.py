"""The Product Owner: from a request, an interview and feedback to a Specification.

    from codex.design import design, questions

    asked = await questions(request, services=services)
    specification = await design(
        request, services=services, answers={"Q1": "yes"}, feedback=["The limit is 7 books."]
    )

`design` is a function of its arguments alone: asked again with one more correction, it repeats what
it said before (the call journal has it) and applies the correction.
"""

from codex.design.stage import LONGEST_REQUEST, design, questions, read_request

__all__ = ["LONGEST_REQUEST", "design", "questions", "read_request"]
