"""Reads about organizations that are not rows of one model."""

from django.utils.translation import gettext_lazy as _

from organizations import uscc
from organizations.models import Organization


def warnings(organization: Organization) -> list[str]:
    """What is unusual about a registration, without being an error: sentences for the staff who entered it."""
    code = organization.uscc
    if not code or uscc.fits_region(code, level=organization.level, region_code=organization.region_id):
        return []
    return [
        _(
            "The region digits of the unified social credit code (%(digits)s) differ from the registration region "
            "(%(region)s). Codes stay when an organization moves; otherwise check both."
        )
        % {"digits": uscc.registered_in(code), "region": organization.region_id[:6]}
    ]
