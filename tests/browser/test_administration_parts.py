"""Parts of the set-up that are more than fields: pictures, a secret that is shown once, the template, an order."""

from io import BytesIO
from time import time
from typing import Final

import httpx2
import jwt
from PIL import Image
from playwright.async_api import FilePayload, expect

from server.domain.ids import new_id
from server.store.tables import customer_accounts
from tests.browser.administrator import Administrator
from tests.browser.customer import Visitor
from tests.browser.people import People
from tests.support.office import Office
from tests.support.people import http
from tests.support.server import DeskServer

ADMIN: Final = "/api/v1/admin"


def drawn(side: int) -> FilePayload:
    """A square picture."""
    made = BytesIO()
    Image.new("RGB", (side, side), "teal").save(made, "PNG")
    return {"name": "logo.png", "mimeType": "image/png", "buffer": made.getvalue()}


async def believed(client: httpx2.AsyncClient, office: Office, secret: str) -> bool:
    """Whether the portal takes a name that is signed with this secret."""
    claims = {"sub": "ada", "name": "Ada Byron", "exp": int(time()) + 600}
    token = jwt.encode(claims, secret, "HS256")
    return (await client.post(f"/api/v1/portals/{office.portal}/identify", json={"jwt": token})).is_success


async def test_pictures_secrets_and_the_template(server: DeskServer, office: Office, people: People) -> None:
    """B-33: a logo and a face that customers see; identity secrets one after the other; the bug report."""
    boss = office.worker("Olga", "administrator")
    olga = await people.join(Administrator(server, boss))
    olga.expect_trouble(r"status of 400")
    await olga.come_in()

    # a logo: refused where it is too small, seen by customers where it is not
    await olga.visit(f"#/admin/portals/{office.portal_id}/look")
    logo = olga.thing.get_by_label("Choose a picture")
    await logo.set_input_files(drawn(20))
    await expect(olga.thing.get_by_role("alert")).to_have_text("A picture has at least 80 x 80 pixels.")
    await expect(logo).to_have_attribute("aria-invalid", "true")
    await logo.set_input_files(drawn(120))
    await expect(olga.thing.get_by_alt_text("The picture that is shown now")).to_be_visible()
    await olga.page_of("Ways in")
    await olga.field("Choose a technician").check()
    await olga.field("Only those who are available now").uncheck()
    await olga.save_changes()

    # a face, on that list
    await olga.visit(f"#/admin/technicians/{boss.id}/customers")
    await olga.field("Shown to customers").check()
    await olga.thing.get_by_label("Choose a picture").set_input_files(drawn(90))
    await expect(olga.thing.get_by_alt_text("The picture that is shown now")).to_be_visible()
    await olga.save_changes()
    ada = await people.visitor(server, office)
    for picture in (ada.page.locator("img.logo"), ada.page.locator("img.face")):
        await expect(picture).to_be_visible()
        assert await picture.evaluate("async (image) => { await image.decode(); return image.naturalWidth; }") > 0

    await _secrets(olga, office)
    await _template(olga, ada)


async def test_any_number_of_customers(server: DeskServer, office: Office, people: People) -> None:
    """S-01: in pages, found by the server, and one that is on no page can be changed."""
    same = {"company_id": office.company, "password_hash": None, "disabled": False, "created_at": 1}
    some = [{"id": new_id(), "email": f"{n:03}@example.com", "name": f"Customer {n}", **same} for n in range(130)]
    office.write(lambda conn: conn.execute(customer_accounts.insert(), some))
    olga = await people.join(Administrator(server, office.worker("Olga", "administrator")))
    await olga.come_in()
    last = some[-1]
    await olga.visit(f"#/admin/customers/{last['id']}")
    await expect(olga.thing.get_by_role("heading", name="Customer 129", level=2)).to_be_visible()
    listed = olga.page.locator("section.rows li")
    await expect(listed).to_have_count(100)
    await olga.field("Name").fill("Cleo")
    await olga.save_changes()
    await expect(olga.thing.get_by_role("heading", name="Cleo", level=2)).to_be_visible()
    await olga.page.get_by_role("button", name="Show more").click()
    await expect(listed).to_have_count(130)
    await olga.page.get_by_role("searchbox", name="Filter").fill("cleo 129@")
    await expect(listed).to_have_count(1)
    await expect(olga.listed("Cleo")).to_be_visible()


async def _secrets(olga: Administrator, office: Office) -> None:
    """Each is shown once; two are valid; with a third the oldest would end, so it is asked first."""
    await olga.visit(f"#/admin/portals/{office.portal_id}/widget")
    make = olga.thing.get_by_role("button", name="Make a new secret")
    secrets = []
    for valid in ("1 secret is valid.", "2 secrets are valid."):
        await make.click()
        secrets.append(await olga.shown_once(f"Secret of {await olga.thing.locator('.title h2').inner_text()}"))
        await expect(olga.thing.get_by_text(valid)).to_be_visible()
    assert not {*secrets} & {*(await olga.all_text()).split()}
    async with http(olga.server, None) as site:
        assert [await believed(site, office, secret) for secret in secrets] == [True, True]
        await make.click()
        await expect(olga.thing.get_by_text("the older one ends at once")).to_be_visible()
        await olga.page.get_by_role("button", name="Cancel").click()
        end = olga.thing.get_by_role("button", name="End the older one")
        await end.click()
        await end.last.click()  # yes
        await expect(olga.thing.get_by_text("1 secret is valid.")).to_be_visible()
        assert [await believed(site, office, secret) for secret in secrets] == [False, True]


async def _template(olga: Administrator, ada: Visitor) -> None:
    """The bug report becomes a form of this company, is changed, and asked by an issue type."""
    await olga.administrate("Forms")
    await olga.page.get_by_role("button", name="Add the bug report").click()
    await expect(olga.thing.get_by_role("heading", name="Bug report", level=2)).to_be_visible()
    await olga.thing.get_by_role("button", name="Add a question").click()
    empty = olga.thing.get_by_role("textbox", name="Question", exact=True).last
    await expect(empty).to_be_focused()
    await olga.thing.get_by_role("button", name="Save").click()
    await expect(empty).to_be_focused()
    await expect(empty).to_have_accessible_description("This is needed.")
    await empty.fill("Which build?")
    await olga.save_changes()
    await olga.begin("Issue types")
    await olga.field("Name").fill("A bug")
    await olga.field("Form").select_option("Bug report")
    await olga.add("A bug")
    await ada.page.get_by_role("button", name="A bug").click()
    await expect(ada.page.get_by_role("textbox", name="Which build?")).to_be_visible()


async def test_an_order_by_keys_and_by_hand(server: DeskServer, office: Office, people: People) -> None:
    """B-30: issue types stand as customers read them; the focus goes with a row that is moved by keys."""
    olga = await people.join(Administrator(server, office.worker("Olga", "administrator")))
    async with http(server, office.worker("Max", "administrator").token) as max_:
        for name in ("One", "Two", "Three"):
            made = await max_.post(f"{ADMIN}/issue-types", json={"portal": office.portal_id, "names": {"en": name}})
            assert made.is_success, made.text
        await olga.come_in()
        await olga.visit(f"#/admin/portals/{office.portal_id}")
        await expect(olga.field("Address")).to_have_value(office.portal)  # of this company, from now on
        await olga.administrate("Issue types")
        rows = olga.page.locator("section.rows li .called")
        await expect(rows).to_have_count(3)
        before = await rows.all_inner_texts()
        last = before[-1]

        # twice up, as fast as one can, and the button is still that of the same row
        up = olga.page.get_by_role("button", name=f"Move {last} up")
        await up.focus()
        await olga.page.keyboard.press("Enter")
        await olga.page.keyboard.press("Enter")
        await expect(rows).to_have_text([last, *before[:-1]])
        await expect(olga.page.get_by_role("button", name=f"Move {last} down")).to_be_focused()
        await expect(olga.page.get_by_role("status").filter(has_text="number 1 of 3")).to_be_attached()

        # by hand, back to the end
        await olga.listed(last).drag_to(olga.listed(before[1]))
        await expect(rows).to_have_text(before)
        found = (await max_.get(f"{ADMIN}/issue-types", params={"company": office.company})).json()["items"]
        assert [one["names"]["en"] for one in sorted(found, key=lambda one: one["position"])] == before
