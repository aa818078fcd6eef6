"""Forms of demands and claims. They check and clean; the services write."""

from demands.forms.claims import (
    ApproveForm,
    ClaimFileForm,
    ItemsForm,
    OrganizationForm,
    PlanForm,
    QueueForm,
    RejectForm,
    TermsForm,
)
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
    "AgreementForm",
    "ApproveForm",
    "ClaimFileForm",
    "DateInput",
    "DeliveryFilesForm",
    "DeliveryForm",
    "DemandForm",
    "DemandListForm",
    "DockingForm",
    "EMPTY_ROWS",
    "InspectionForm",
    "InvitationForm",
    "ItemForm",
    "ItemsForm",
    "OfferForm",
    "OptionalReasonForm",
    "OrganizationForm",
    "PlanForm",
    "QuantityField",
    "QuantityForm",
    "QueueForm",
    "RatingForm",
    "ReasonForm",
    "RejectForm",
    "SpotCheckForm",
    "TermsForm",
    "VerificationForm",
    "item_formset",
]
