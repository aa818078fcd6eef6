"""Forms of demands and claims. They check and clean; the services write."""

from demands.forms.catalogue import NotAcceptedForm, PriceBandForm
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
from demands.forms.review import DemandRejectForm, EvidenceForm, ReturnForm, ReviewForm, SubmitForm

__all__ = [
    "EMPTY_ROWS",
    "AgreementForm",
    "ApproveForm",
    "ClaimFileForm",
    "DateInput",
    "DeliveryFilesForm",
    "DeliveryForm",
    "DemandForm",
    "DemandListForm",
    "DemandRejectForm",
    "DockingForm",
    "EvidenceForm",
    "InspectionForm",
    "InvitationForm",
    "ItemForm",
    "ItemsForm",
    "NotAcceptedForm",
    "OfferForm",
    "OptionalReasonForm",
    "OrganizationForm",
    "PlanForm",
    "PriceBandForm",
    "QuantityField",
    "QuantityForm",
    "QueueForm",
    "RatingForm",
    "ReasonForm",
    "RejectForm",
    "ReturnForm",
    "ReviewForm",
    "SpotCheckForm",
    "SubmitForm",
    "TermsForm",
    "VerificationForm",
    "item_formset",
]
