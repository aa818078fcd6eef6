"""One person's browser window, which watches every page it shows."""

from collections.abc import Callable
from decimal import Decimal

from axe_playwright_python.sync_playwright import Axe
from django.utils.translation import gettext, override
from playwright.sync_api import Browser, Locator, Page, expect

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PASSWORD = "a long password 1"
# A refused form is an ordinary page with such a status; the browser mentions it in its console.
REFUSED = ("400", "403", "404", "409")


class Window:
    """A window of one person. Pages are watched for console errors, CSP violations and sideways scrolling."""

    def __init__(self, browser: Browser, base: str, *, language: str, width: int, scripts: bool = True):
        self.language, self.scripts = language, scripts
        self._context = browser.new_context(
            base_url=base, viewport={"width": width, "height": 900}, java_script_enabled=scripts
        )
        self._context.add_cookies([{"name": "django_language", "value": language, "url": base}])
        self.page: Page = self._context.new_page()
        self.page.set_default_timeout(20_000)
        self.loads = 0
        self.complaints: list[str] = []
        self._audited: set[str] = set()
        self.page.on("domcontentloaded", self._loaded)
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.complaints.append(f"error in script: {error}"))

    def _loaded(self, page: Page) -> None:
        self.loads += 1

    def _heard(self, message) -> None:
        """Chromium reports violations of the content security policy as console errors, also without scripts."""
        expected = "Failed to load resource" in message.text and any(f"of {code}" in message.text for code in REFUSED)
        if message.type == "error" and not expected:
            self.complaints.append(message.text)

    def close(self) -> None:
        self._context.close()

    def words(self, msgid: str, **facts) -> str:
        """The portal's words for an English sentence, in the language of this window; they must be translated."""
        with override(self.language):
            text = gettext(msgid)
        assert self.language == "en" or text != msgid, f"not translated: {msgid}"
        return text % facts if facts else text

    # Going from page to page

    def leave_by(self, thing: Locator) -> None:
        """Click what leads to another page, and wait for that."""
        with self.page.expect_navigation(wait_until="load"):
            thing.click()
        self.check()

    def open(self, address: str) -> int:
        """Type an address; returns the status of the answer."""
        status = self.page.goto(address, wait_until="load").status
        self.check()
        return status

    def link(self, name: str) -> Locator:
        return self.page.locator("main").get_by_role("link", name=name, exact=True).first

    def press(self, msgid: str) -> None:
        """Press a button of the page by its words."""
        self.leave_by(self.page.locator("main").get_by_role("button", name=self.words(msgid), exact=True))

    def log_in(self, username: str) -> None:
        """Fill in the log-in page, which is shown already."""
        self.page.fill("[name=username]", username)
        self.page.fill("[name=password]", PASSWORD)
        self.press("Log in")

    # What the page shows

    def sees(self, *texts: str) -> None:
        for text in texts:
            expect(self.page.locator("body")).to_contain_text(text, use_inner_text=True)

    def sees_quantities(self, within: Locator, claimed: int, needed: int, remaining: int) -> None:
        """The figures and the bar of an item that is claimed in part or in full."""
        figures = within.locator(".progress__figures").first
        expect(figures).to_contain_text(f"{self.words('Claimed')} {claimed} / {needed}")
        left = f"{self.words('Remaining')} {remaining}" if remaining else self.words("Nothing left to claim")
        expect(figures).to_contain_text(left)
        assert Decimal(within.locator("progress").first.get_attribute("value")) == claimed

    def check(self) -> None:
        """What holds on every page: the language is declared and the page does not scroll sideways."""
        root = self.page.locator("html")
        assert root.get_attribute("lang").lower() == self.language, self.page.url
        wide, window = self.page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
        assert wide <= window, f"{self.page.url} is {wide} px wide in a window of {window} px"
        assert self.complaints == [], f"{self.page.url}: {self.complaints}"

    def audit(self) -> None:
        """Nothing for axe to complain about."""
        found = Axe().run(self.page, options={"runOnly": TAGS, "resultTypes": ["violations"]})
        assert found.violations_count == 0, f"{self.page.url}\n{found.generate_report()}"


OpenWindow = Callable[..., Window]
