"""REST access to the agreements, visits and yearly figures of pairs."""

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response

from core import files
from core.headers import KEY, SEEN, VERSION
from core.rest import StrictJSONParser, named_version, required_version
from pairings import permissions, services
from pairings.api.doors import PublicReads, insist, side_for
from pairings.api.serializers import (
    AgreementInput,
    AgreementOutput,
    DocumentInput,
    ObjectionInput,
    ReasonInput,
    SideInput,
    TargetInput,
    TargetOutput,
    TermsInput,
    VisitInput,
    VisitOutput,
    VisitTerms,
)
from pairings.filters import AgreementFilter, TargetFilter, VisitFilter
from pairings.models import Agreement, PairingTarget, Visit


class AgreementViewSet(PublicReads):
    """What the two sides of pairs have signed; the public sees what both have confirmed."""

    model = Agreement
    order = ("-signed_on", "-pk")
    queryset = Agreement.objects.none()
    serializer_class = AgreementOutput
    filterset_class = AgreementFilter

    @extend_schema(request=AgreementInput, responses={201: AgreementOutput}, parameters=[KEY])
    def create(self, request):
        """Enter an agreement for one's own side; the other side confirms it."""
        sent = self.checked(AgreementInput)
        pairing, parties = sent.pop("pairing"), sent.pop("parties", [])
        side = side_for(request.user, pairing, sent.pop("side", None))
        facts = {"pairing": pairing, "side": side, "values": sent, "parties": parties}
        return self.done(lambda: services.propose_agreement(**facts, by=request.user), 201)

    @extend_schema(request=TermsInput, responses=AgreementOutput, parameters=[KEY, VERSION])
    def partial_update(self, request, pk=None):
        """Correct one's own agreement that is not confirmed."""
        agreement = self.get_object()
        insist(permissions.can_edit_agreement(request.user, agreement))
        version = required_version(request)
        sent = self.checked(TermsInput, partial=True)
        parties = sent.pop("parties", None)

        def work():
            facts = {"values": sent, "parties": parties, "version": version}
            services.edit_agreement(agreement=agreement, **facts, by=request.user)
            return agreement

        return self.done(work)

    @extend_schema(request={"multipart/form-data": DocumentInput}, responses=AgreementOutput)
    @action(detail=True, methods=["post"], parser_classes=[StrictJSONParser, MultiPartParser])
    def document(self, request, pk=None):
        """Attach the signed document, as multipart/form-data; an earlier one is replaced."""
        agreement = self.get_object()
        insist(permissions.can_edit_agreement(request.user, agreement))
        file = self.checked(DocumentInput)["file"]
        content = file.read(files.MAX_BYTES + 1)
        services.attach_document(agreement=agreement, name=file.name or "", content=content, by=request.user)
        return Response(AgreementOutput(Agreement.objects.for_list().get(pk=agreement.pk)).data)

    @extend_schema(request=None, responses=AgreementOutput, parameters=[KEY, SEEN])
    @action(detail=True, methods=["post"])
    def confirm(self, request, pk=None):
        """Confirm the other side's agreement: as it stands, or with `If-Match` as it was read."""
        agreement = self.get_object()
        insist(permissions.can_answer(request.user, agreement))
        version = named_version(request)
        return self.done(lambda: services.confirm_agreement(agreement=agreement, version=version, by=request.user))

    @extend_schema(request=ObjectionInput, responses=AgreementOutput, parameters=[KEY, SEEN])
    @action(detail=True, methods=["post"])
    def dispute(self, request, pk=None):
        """Say what differs from the other side's agreement."""
        agreement = self.get_object()
        insist(permissions.can_answer(request.user, agreement))
        sent = {**self.checked(ObjectionInput), "version": named_version(request)}
        return self.done(lambda: services.dispute_agreement(agreement=agreement, **sent, by=request.user))

    @extend_schema(request=ReasonInput, responses=AgreementOutput, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def withdraw(self, request, pk=None):
        """Take one's own agreement back before it is confirmed."""
        agreement = self.get_object()
        insist(permissions.can_edit_agreement(request.user, agreement))
        sent = self.checked(ReasonInput)
        return self.done(lambda: services.withdraw_agreement(agreement=agreement, **sent, by=request.user))

    @extend_schema(request=ReasonInput, responses=AgreementOutput, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def end(self, request, pk=None):
        """End a confirmed agreement."""
        agreement = self.get_object()
        insist(permissions.can_record(request.user, agreement.pairing))
        sent = self.checked(ReasonInput)
        return self.done(lambda: services.end_agreement(agreement=agreement, **sent, by=request.user))


class VisitViewSet(PublicReads):
    """Visits and joint meetings of the two sides of pairs."""

    model = Visit
    order = ("-starts_on", "-pk")
    queryset = Visit.objects.none()
    serializer_class = VisitOutput
    filterset_class = VisitFilter

    @extend_schema(request=VisitInput, responses={201: VisitOutput}, parameters=[KEY])
    def create(self, request):
        """Enter a visit that has taken place."""
        sent = self.checked(VisitInput)
        pairing = sent.pop("pairing")
        insist(permissions.can_record(request.user, pairing))
        return self.done(lambda: services.record_visit(pairing=pairing, values=sent, by=request.user), 201)

    @extend_schema(request=VisitTerms, responses=VisitOutput, parameters=[KEY, VERSION])
    def partial_update(self, request, pk=None):
        """Correct a visit."""
        visit = self._own()
        version = required_version(request)
        sent = self.checked(VisitTerms, partial=True)

        def work():
            services.edit_visit(visit=visit, values=sent, version=version, by=request.user)
            return visit

        return self.done(work)

    @extend_schema(request=ReasonInput, responses=VisitOutput, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def withdraw(self, request, pk=None):
        """Take back a visit entered by mistake."""
        visit = self._own()
        sent = self.checked(ReasonInput)
        return self.done(lambda: services.withdraw_visit(visit=visit, **sent, by=request.user))

    def _own(self) -> Visit:
        visit = self.get_object()
        insist(permissions.can_record(self.request.user, visit.pairing))
        return visit


class TargetViewSet(PublicReads):
    """Yearly figures of pairs as each side states them; the public sees those on which both agree."""

    model = PairingTarget
    order = ("-year", "pairing_id", "measure")
    queryset = PairingTarget.objects.none()
    serializer_class = TargetOutput
    filterset_class = TargetFilter

    @extend_schema(request=TargetInput, responses={201: TargetOutput}, parameters=[KEY])
    def create(self, request):
        """State one's own side's figure, for the first time or anew."""
        sent = self.checked(TargetInput)
        sent["side"] = side_for(request.user, sent["pairing"], sent.get("side"))
        return self.done(lambda: services.state_target(**sent, by=request.user), 201)

    @extend_schema(request=SideInput, responses=TargetOutput, parameters=[KEY, SEEN])
    @action(detail=True, methods=["post"])
    def confirm(self, request, pk=None):
        """State for one's own side what the other side has stated."""
        target = self.get_object()
        wanted = self.checked(SideInput).get("side") or None
        side = side_for(request.user, target.pairing, wanted)
        facts = {"target": target, "side": side, "version": named_version(request)}
        return self.done(lambda: services.confirm_target(**facts, by=request.user))


routes = [
    ("pairing-agreements", AgreementViewSet),
    ("pairing-visits", VisitViewSet),
    ("pairing-targets", TargetViewSet),
]
