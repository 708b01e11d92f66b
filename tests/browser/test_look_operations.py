"""One tap, one operation; an early tap is kept; refusals are said; toasts wait for the finger.

Of the scripts busy.js, early.js, htmx-config.js and toast.js.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from threading import Event

import pytest
from playwright.sync_api import Page, expect

from tests.browser.look_house import Answer, Look, open_look
from tests.browser.slow_scripts import scripts_on_their_way

HTMX_FORM = """{% call ui.form('/do', target='#out') %}<input name="what" value="tea">{{ ui.button('Done', type='submit', kind='primary') }}
{{ ui.button('Skip', type='submit', attrs={'name': 'skip', 'value': '1'}) }}{% endcall %}<div id="out"></div>"""
PLAIN_FORM = (
    """{% call ui.form('/do') %}<input name="what" value="tea">{{ ui.button('Done', type='submit', kind='primary') }}{% endcall %}"""
)
OK: Answer = (200, "text/html", "<p>did it</p>")


@pytest.fixture
def look() -> Iterator[Look]:
    with open_look() as opened:
        yield opened


def _operations(look: Look) -> list[str]:
    return [form["operation"][0] for path, form, _ in look.posted if path == "/do"]


def test_each_answered_tap_is_an_operation_of_its_own(page: Page, look: Look) -> None:
    look.answers["/do"] = lambda: OK
    page.goto(look.page("/p", HTMX_FORM))
    for tap in (1, 2):
        page.get_by_role("button", name="Done").click()
        expect(page.locator("#out")).to_have_text("did it")
        expect.soft(page.get_by_role("button", name="Done")).not_to_have_attribute("aria-busy", "true")
        assert len(_operations(look)) == tap
    first, second = _operations(look)
    assert re.fullmatch(r"[0-9a-f]{32}", first)
    assert first != second


@pytest.mark.parametrize("lost", [None, (503, "text/plain", "Closed for a moment.")])
def test_a_retry_after_a_lost_answer_sends_the_same_operation(page: Page, look: Look, lost: Answer | None) -> None:
    answers = iter([lost, OK, OK])
    look.answers["/do"] = lambda: next(answers)
    page.goto(look.page("/p", HTMX_FORM))
    done = page.get_by_role("button", name="Done")
    done.click()
    expect(page.get_by_role("alert").filter(has_text="No answer" if lost is None else "Closed")).to_be_visible()
    done.click()
    expect(page.locator("#out")).to_have_text("did it")
    done.click()
    expect(done).not_to_have_attribute("aria-busy", "true")
    first, again, new = _operations(look)
    assert first == again != new


def test_two_buttons_of_one_form_are_two_operations(page: Page, look: Look) -> None:
    look.answers["/do"] = lambda: None
    page.goto(look.page("/p", HTMX_FORM))
    page.get_by_role("button", name="Done").click()
    expect(page.get_by_role("alert").filter(has_text="No answer")).to_be_visible()
    look.answers["/do"] = lambda: OK
    page.get_by_role("button", name="Skip").click()
    expect(page.locator("#out")).to_have_text("did it")
    done, skip = _operations(look)
    assert done != skip


def test_a_second_tap_while_the_first_is_on_its_way_is_ignored(page: Page, look: Look) -> None:
    both_taps = Event()
    look.answers["/do"] = lambda: OK if both_taps.wait(20) else None
    page.goto(look.page("/p", HTMX_FORM))
    page.get_by_role("button", name="Done").dblclick()
    both_taps.set()
    expect(page.locator("#out")).to_have_text("did it")
    assert len(_operations(look)) == 1


def test_a_plain_form_sends_its_operation_and_its_token(page: Page, look: Look) -> None:
    page.goto(look.page("/p", PLAIN_FORM))
    look.page("/thanks", "<p>thanks</p>")
    look.answers["/do"] = lambda: (303, "text/plain", "/thanks")
    page.get_by_role("button", name="Done").click()
    expect(page.get_by_text("thanks")).to_be_visible()
    _, form, _ = look.posted[0]
    assert form["csrf"] == ["the-token"]
    assert re.fullmatch(r"[0-9a-f]{32}", form["operation"][0])


def test_a_plain_form_gone_back_to_after_a_lost_answer_sends_the_same_operation(page: Page, look: Look) -> None:
    page.goto(look.page("/p", PLAIN_FORM))
    look.answers["/do"] = lambda: (503, "text/html", "<p>broken</p>")
    page.get_by_role("button", name="Done").click()
    expect(page.get_by_text("broken")).to_be_visible()
    page.go_back()
    page.get_by_role("button", name="Done").click()
    expect(page.get_by_text("broken")).to_be_visible()
    first, again = _operations(look)
    assert first == again


def test_a_plain_form_sent_before_the_scripts_are_there_is_sent_with_its_token_once_they_are(page: Page, look: Look) -> None:
    look.page("/thanks", "<p>thanks</p>")
    look.answers["/do"] = lambda: (303, "text/plain", "/thanks")
    with scripts_on_their_way(page):
        page.goto(look.page("/p", PLAIN_FORM), wait_until="commit")
        page.get_by_role("button", name="Done").dblclick()
        assert look.posted == []
    expect(page.get_by_text("thanks")).to_be_visible()
    ((_, form, _),) = look.posted
    assert form["csrf"] == ["the-token"]
    assert re.fullmatch(r"[0-9a-f]{32}", form["operation"][0])


@pytest.mark.parametrize("button", ["Done", "Skip"])
def test_a_tap_before_the_scripts_are_there_is_done_by_them(page: Page, look: Look, button: str) -> None:
    look.answers["/do"] = lambda: OK
    with scripts_on_their_way(page):
        page.goto(look.page("/p", HTMX_FORM), wait_until="commit")
        page.get_by_role("button", name=button).click()
        assert look.posted == []
    expect(page.locator("#out")).to_have_text("did it")
    ((_, form, headers),) = look.posted
    assert headers["X-CSRF-Token"] == "the-token"
    assert form.get("skip") == (["1"] if button == "Skip" else None)


def test_the_last_of_two_early_taps_counts(page: Page, look: Look) -> None:
    look.answers["/do"] = lambda: OK
    with scripts_on_their_way(page):
        page.goto(look.page("/p", HTMX_FORM), wait_until="commit")
        page.get_by_role("button", name="Skip").click()
        page.get_by_role("button", name="Done").click()
    expect(page.locator("#out")).to_have_text("did it")
    assert [form.get("skip") for _, form, _ in look.posted] == [None]


COUNTED_FORM = """{% call ui.form('/do', target='#out') %}{{ ui.stepper('cups', 'Cups', value=4) }}
{{ ui.button('Done', type='submit', kind='primary') }}{% endcall %}<div id="out"></div>"""


def test_each_early_tap_counts_where_taps_are_counted_and_before_the_one_that_sends_them(page: Page, look: Look) -> None:
    look.answers["/do"] = lambda: OK
    with scripts_on_their_way(page):
        page.goto(look.page("/p", COUNTED_FORM), wait_until="commit")
        for key in ("1", "1", "-1", "1"):
            page.locator(f"[data-step='{key}']").click()
        page.get_by_role("button", name="Done").click()
    expect(page.locator("#out")).to_have_text("did it")
    assert [form["cups"] for _, form, _ in look.posted] == [["6"]]


def test_the_token_travels_as_a_header(page: Page, look: Look) -> None:
    look.answers["/do"] = lambda: OK
    page.goto(look.page("/p", HTMX_FORM))
    page.get_by_role("button", name="Done").click()
    expect(page.locator("#out")).to_have_text("did it")
    assert look.posted[0][2]["X-CSRF-Token"] == "the-token"


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ((403, "text/html", "<p data-sentence>Only the desk may do this.</p>"), "Only the desk may do this."),
        ((404, "text/html", "<h1>no sentence</h1>"), "This is no longer here."),
        ((409, "text/html", "<p data-sentence>Already in since 09:02.</p>"), "Already in since 09:02."),
        ((429, "text/plain", "Wait two minutes."), "Wait two minutes."),
        ((500, "text/html", "<h1>Internal Server Error</h1>"), "The server could not do that. Please try again."),
    ],
)
def test_a_refusal_is_said_in_a_toast_and_swaps_nothing(page: Page, look: Look, answer: Answer, said: str) -> None:
    look.answers["/do"] = lambda: answer
    page.goto(look.page("/p", HTMX_FORM))
    page.get_by_role("button", name="Done").click()
    expect(page.get_by_role("alert").filter(has_text=said)).to_be_visible()
    expect(page.locator("#out")).to_be_empty()
    expect(page.get_by_role("button", name="Done")).not_to_have_attribute("aria-busy", "true")


def test_a_form_that_comes_back_with_errors_is_swapped_in(page: Page, look: Look) -> None:
    look.answers["/do"] = lambda: (422, "text/html", "<p>The number is too short.</p>")
    page.goto(look.page("/p", HTMX_FORM))
    page.get_by_role("button", name="Done").click()
    expect(page.locator("#out")).to_have_text("The number is too short.")
    expect(page.locator("#alerts")).to_be_empty()


def test_a_toast_goes_by_itself_but_not_under_a_finger(page: Page, look: Look) -> None:
    page.clock.install()
    look.answers["/do"] = lambda: OK
    page.goto(look.page("/p", "<div id='undo'></div>{{ ui.button('Other') }}"))
    page.evaluate("toasts.innerHTML = `<div class='toast' data-toast data-seconds='6'><p>Li is out</p><button>Undo</button></div>`")
    undo = page.get_by_role("button", name="Undo")
    undo.focus()
    page.clock.run_for(9000)
    expect(undo).to_be_visible()
    page.get_by_role("button", name="Other").focus()
    page.clock.run_for(1000)
    expect(undo).to_be_hidden()


def test_an_undo_in_a_toast_posts_once_and_its_answer_is_a_toast(page: Page, look: Look) -> None:
    look.answers["/undo"] = lambda: (200, "text/html", "<div class='toast' data-toast><span class='toast-text'>Li is back</span></div>")
    page.goto(look.page("/p", "<template id='t'>{{ ui.toast('Li is out', undo='/undo') }}</template>"))
    page.evaluate("toasts.append(t.content.cloneNode(true)); htmx.process(toasts)")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("status").filter(has_text="Li is back")).to_be_visible()
    assert [path for path, _, _ in look.posted] == ["/undo"]
    assert "operation" in look.posted[0][1]
