"""Forms of demands and claims. They check and clean; the services write."""

from demands.forms.claims import ClaimForm
from demands.forms.deliveries import (
    AgreementForm,
    DeliveryFilesForm,
    DeliveryForm,
    InspectionForm,
    RatingForm,
    SpotCheckForm,
    VerificationForm,
)
from demands.forms.demands import EMPTY_ROWS, DemandForm, ItemForm, QuantityForm, item_formset
from demands.forms.fields import DateInput, OptionalReasonForm, QuantityField, ReasonForm
from demands.forms.lists import DemandListForm
from demands.forms.offers import DockingForm, InvitationForm, OfferForm

__all__ = [
    "EMPTY_ROWS",
    "ClaimForm",
    "AgreementForm",
    "DeliveryFilesForm",
    "DeliveryForm",
    "InspectionForm",
    "RatingForm",
    "SpotCheckForm",
    "VerificationForm",
    "DateInput",
    "DemandForm",
    "DemandListForm",
    "DockingForm",
    "InvitationForm",
    "ItemForm",
    "OfferForm",
    "OptionalReasonForm",
    "QuantityField",
    "QuantityForm",
    "ReasonForm",
    "item_formset",
]
