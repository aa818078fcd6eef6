"""What each figure is, in one sentence for pages, answers and exports (design §6; statistical scope, 统计口径)."""

from django.utils.translation import gettext_lazy as _

DONATIONS = _(
    "Gifts received between the two days, by the regions the donors designated them to (otherwise the recipient's "
    "region). Cash and goods at their stated value; services beside the total; goods without a reliable value only "
    "counted. Pledges, reversed gifts and onward transfers are not in it. A joint gift is one gift and several "
    "donors; an amount for several regions is one line and is never divided. Relief from separate disaster appeals "
    "is shown apart."
)
BENEFICIARIES = _(
    "Beneficiaries of projects under way, completed or closed, as reported between the two days. Person-times and "
    "household-times add up. Persons and households add up only where nobody can be counted twice; otherwise the "
    "figure lies between the largest single count and the sum. Expected is never mixed with achieved."
)
