"""The rules of templates catch what they are for, and nothing else."""

from __future__ import annotations

import pytest

from tests.support.template_rules import faults_in


@pytest.mark.parametrize(
    "source",
    [
        '<p hx-on:click="alert(1)">',
        "<div hx-vals='js:{a: 1}'>",
        '<div hx-vals:inherited="js:{a: 1}">',
        '<a href="javascript:void(0)">',
        '<p onclick="x()">',
        '<p class="a" style="color: red">',
        "<style>p {}</style>",
        "<script>x()</script>",
        '<script type="module">x()</script>',
        "<input hx-trigger=\"keyup[key=='Enter']\">",
        "{{ text | safe }}",
        "{% autoescape false %}",
        '<img src="https://example.com/a.png">',
        '<script src="//example.com/a.js"></script>',
    ],
)
def test_what_must_not_be_there_is_found(source: str) -> None:
    assert [line for line, _reason in faults_in(f"\n{source}")] == [2]


@pytest.mark.parametrize(
    "source",
    [
        '<div hx-trigger="fantooo:unread from:body">',
        """<body hx-headers:inherited='{"X-CSRFToken": "{{ csrf_token() }}"}'>""",
        '<script type="module" src="{{ asset(\'app.js\') }}"></script>',
        "{# never style= here #}",
        '<p class="safe" data-style="round">{{ text }}</p>',
        '<a href="/login?next=//x">',
    ],
)
def test_what_may_be_there_is_left_alone(source: str) -> None:
    assert faults_in(source) == []


def test_a_comment_keeps_line_numbers() -> None:
    assert faults_in("{#\n\n#}\n<p style='a'>")[0][0] == 4
