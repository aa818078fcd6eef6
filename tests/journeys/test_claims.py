"""A demand's way from the work queue to a figure on the home page, through the pages people use."""

import pytest

from tests.house.cast import submitted_demand
from tests.journeys.test_organization import begin, fill_in
from tests.journeys.variants import audit, runs

QUILTS = "棉被"
PLANS = {"member": "十二月十日前专车送到", "second-member": "月底前由兰陵发货,联系人老周"}


@pytest.fixture
def demand(cast, officer):
    """A hundred quilts, submitted by the village reporter."""
    return submitted_demand(cast)


class Journey:
    """The three windows of one run."""

    def __init__(self, window, **how):
        self.officer, self.first, self.second = (window(**how) for _person in range(3))

    @property
    def windows(self) -> list:
        return [self.officer, self.first, self.second]


@pytest.mark.parametrize(("scripts", "language", "width"), runs((False, "en", 1280)))
def test_a_demand_is_published_claimed_by_two_and_shown_on_the_home_page(
    scripts, language, width, window, demand, second_officer, member, second_member
):
    journey = Journey(window, scripts=scripts, language=language, width=width)
    publish(journey, demand)
    fill_in_claim(journey.second, "second-member", demand, 50)  # filled in, not yet sent
    submit_first_claim(journey, demand)
    adjust_second_claim(journey)
    approve_first_claim(journey)
    see_result(journey, demand)
    assert all(each.loads <= 26 for each in journey.windows)


def publish(journey, demand):
    """The county officer, not the author, publishes from the work queue."""
    window = journey.officer
    window.open("/login/?next=/work/")
    window.log_in("second-officer")
    window.sees(window.words("Demands to review"))
    audit(window)
    window.leave_by(window.link(demand.title))
    window.leave_by(window.link(window.words("Review and publish")))
    audit(window)
    window.press("Publish the demand")
    window.sees(window.words("Published. Organizations can claim it now."))
    window.sees_quantities(window.page.locator("main"), 0, 100, 100)
    audit(window)


def fill_in_claim(window, username, demand, quantity):
    """From the demand's address, as received from a friend, over the log-in and the tasks to the last of them."""
    begin(window, demand, username)
    fill_in(window, quantity, PLANS[username])


def submit_first_claim(journey, demand):
    """Sixty of a hundred, with a page to check the answers and a receipt."""
    window = journey.first
    fill_in_claim(window, "member", demand, 60)
    window.press("Submit the claim")
    window.sees(window.words("The claim is submitted"), window.words("What happens next"), "RL-")
    audit(window)


def adjust_second_claim(journey):
    """Fifty was typed while a hundred were left: told that forty are, with nothing lost, then takes forty."""
    window = journey.second
    window.press("Submit the claim")
    window.sees(window.words("%(left)s %(unit)s are left. Please change the quantity.", left=40, unit="条"))
    quantity = window.page.get_by_label(QUILTS).first
    assert quantity.input_value() == "50"
    window.sees_quantities(window.page.locator("main"), 60, 100, 40)
    audit(window)
    quantity.fill("40")
    window.press("Save and continue")
    window.sees(PLANS["second-member"])
    window.press("Submit the claim")
    window.sees(window.words("The claim is submitted"), "RL-")


def approve_first_claim(journey):
    window = journey.officer
    window.open("/work/")
    window.sees(window.words("Claims to decide on"), "临沂市慈善总会", "兰陵县慈善总会")
    window.leave_by(window.page.locator("main tr", has_text="临沂市慈善总会").get_by_role("link").first)
    window.leave_by(window.link(window.words("Approve")))
    audit(window)
    window.press("Approve")
    window.sees(window.words("Approved. The organization now sees the village's contact."))
    audit(window)


def see_result(journey, demand):
    """Everybody sees on the home page and on the demand's page that all hundred are claimed."""
    window = journey.officer
    window.open("/")
    card = window.page.locator("article", has_text=demand.title)
    window.sees_quantities(card, 100, 100, 0)
    audit(window)
    window.leave_by(window.link(demand.title))
    window.sees_quantities(window.page.locator("main"), 100, 100, 0)
    window.sees("临沂市慈善总会", "兰陵县慈善总会", window.words("Nothing left to claim"))
    audit(window)
