"""Photos of oneself in the browser: sent with and without scripts, and seen at the desk at once."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import FilePayload, Page, Route, expect

from tests.support.factories import picture_file
from tests.support.person import Person

NewPerson = Callable[..., Person]


def photo(name: str = "evening.jpg", data: bytes | None = None) -> FilePayload:
    return {"name": name, "mimeType": "image/jpeg", "buffer": data or picture_file()}


def tiles(page: Page) -> list[str]:
    return page.locator("#me-photos .photo").evaluate_all("all => all.map(one => one.id)")  # type: ignore[no-any-return]


def test_a_photo_shows_at_the_desk_without_a_reload(conversation: tuple[Person, Person]) -> None:
    user, operator = conversation
    mine = user.context.new_page()
    mine.goto("/me")
    panel = operator.page.get_by_role("complementary", name="The real user")
    operator.remember_page()
    mine.set_input_files("#photo", [photo("one.jpg"), photo("two.jpg")])
    expect(mine.locator("#me-photos .photo")).to_have_count(2)
    expect(panel.locator(".desk-photos img:not(.pic-hint)")).to_have_count(2)
    shown = (
        "() => [...document.querySelectorAll('.desk-photos img')].every(one => one.naturalWidth)"
    )
    operator.page.wait_for_function(shown)
    first, second = tiles(mine)
    mine.get_by_role("button", name="Set as main photo 2").click()
    expect(mine.locator("#me-photos .photo").first).to_have_id(second)
    expect(panel.locator(".desk-photos a").first).to_have_attribute(
        "href", f"/media/photos/{second.removeprefix('photo-')}-384.webp"
    )
    mine.get_by_role("button", name="Remove photo 1").click()
    expect(mine.locator("#me-photos .photo")).to_have_count(1)
    expect(mine.locator("#me-photos-title")).to_be_focused()
    expect(panel.locator(".desk-photos li")).to_have_count(1)
    assert operator.is_same_page()
    assert tiles(mine) == [first]


def test_what_is_refused_leaves_the_others(new_person: NewPerson) -> None:
    """Of five that are chosen together two are wrong and one is lost on its way; all else stays."""
    page = new_person((390, 844)).as_user().page
    page.goto("/me")
    page.fill("#bio", "not saved yet")

    def pass_on(route: Route) -> None:
        if b"lost.jpg" in (route.request.post_data_buffer or b""):
            route.abort()
        else:
            route.continue_()

    page.route("**/me/photos", pass_on)
    page.set_input_files(
        "#photo",
        [
            photo("first.jpg"),
            photo("words.jpg", b"these are words"),
            photo("giant.jpg", b"\0" * (10 * 1024**2 + 1)),
            photo("lost.jpg"),
            photo("last.jpg"),
        ],
    )
    expect(page.locator("#me-photos .photo")).to_have_count(2)
    expect(page.locator("#photo-error")).to_be_hidden()
    said = page.locator("#toasts")
    expect(said).to_contain_text("words.jpg: We cannot read this file.")
    expect(said).to_contain_text("giant.jpg is larger than 10 MB.")
    expect(said).to_contain_text("That photo did not arrive.")
    expect(page.locator("[data-coming] li")).to_have_count(0)
    expect(page.locator("#bio")).to_have_value("not saved yet")


def test_what_is_on_its_way_is_shown(new_person: NewPerson) -> None:
    page = new_person().as_user().page
    page.goto("/me")
    held: list[Route] = []
    page.route("**/me/photos", lambda route: held.append(route))
    page.set_input_files("#photo", photo("evening.jpg"))
    coming = page.locator("[data-coming] li")
    expect(coming).to_contain_text("evening.jpg")
    expect(coming.get_by_role("progressbar", name="Sending evening.jpg")).to_be_visible()
    drawn = "canvas => canvas.getContext('2d').getImageData(48, 48, 1, 1).data[3]"
    page.wait_for_function(
        f"() => ({drawn})(document.querySelector('[data-coming] canvas')) === 255"
    )
    held[0].continue_()
    expect(page.locator("#me-photos .photo")).to_have_count(1)
    expect(coming).to_have_count(0)


def test_without_scripts(new_person: NewPerson) -> None:
    page = new_person((390, 844), javascript=False).as_user().page
    page.goto("/me")
    for name, data in (("words.jpg", b"words"), ("one.jpg", None), ("two.jpg", None)):
        page.set_input_files("#photo", photo(name, data))
        page.get_by_role("button", name="Add photo", exact=True).click()
        if data:
            expect(page.locator("#photo-error")).to_contain_text("We cannot read this file.")
    expect(page.locator("#me-photos .me-said")).to_have_text("Done. These are your photos now.")
    first, second = tiles(page)
    page.get_by_role("button", name="Set as main photo 2").click()
    assert tiles(page) == [second, first]
    page.get_by_role("button", name="Remove photo 2").click()
    assert tiles(page) == [second]
