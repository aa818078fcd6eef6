"""REST: products of villages, consumption records with refunds, and their totals. None of it is a donation."""

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.response import Response

from core.rest import RepeatSafe, StrictSerializer, required_version
from organizations.models import Organization
from projects import permissions, selectors, services
from projects.api.doors import Reading, insist, read
from projects.api.serializers import SUM_DIGITS, NothingIn, PartyOut, ReasonIn, RegionCode, RegionOut, check_model
from projects.filters import ConsumptionFilter, ProductFilter
from projects.models import ConsumptionRecord, Product, RefundEntry


def _party(**options):
    rows = Organization.objects.exclude(status__in=(Organization.Status.DRAFT, Organization.Status.MERGED))
    return serializers.PrimaryKeyRelatedField(queryset=rows, required=False, allow_null=True, **options)


class ProductOut(serializers.ModelSerializer):
    """A product; `price` is yuan per `unit`, `content` is what one unit holds."""

    region = RegionOut()
    seller = PartyOut(allow_null=True)

    class Meta:
        model = Product
        fields = ["id", "version", *Product.FIELDS, "status"]
        read_only_fields = fields


class ProductIn(StrictSerializer, serializers.ModelSerializer):
    """What is sent to enter or change a product."""

    region = RegionCode()
    seller = _party()

    class Meta:
        model = Product
        fields = list(Product.FIELDS)

    def validate(self, attrs):
        check_model(Product.objects.get(pk=self.instance.pk) if self.instance else Product(), attrs)
        return attrs


class RefundOut(serializers.ModelSerializer):
    class Meta:
        model = RefundEntry
        fields = ["id", *RefundEntry.FIELDS]
        read_only_fields = fields


class RefundIn(StrictSerializer, serializers.ModelSerializer):
    """What is sent to enter a refund: an amount in yuan, a quantity in the record's unit, or both."""

    class Meta:
        model = RefundEntry
        fields = list(RefundEntry.FIELDS)


class PurchaseOut(serializers.ModelSerializer):
    """A consumption record; `amount` and `quantity` are null where the source gives no usable number."""

    region = RegionOut()
    buyer = PartyOut(allow_null=True)
    seller = PartyOut(allow_null=True)

    class Meta:
        model = ConsumptionRecord
        fields = [
            "id",
            "reference",
            "version",
            *ConsumptionRecord.FIELDS,
            "refunded_amount",
            "refunded_quantity",
            "status",
        ]
        read_only_fields = fields


class PurchaseIn(StrictSerializer, serializers.ModelSerializer):
    """What is sent to enter a consumption record."""

    region = RegionCode()
    buyer = _party()
    seller = _party()
    product = serializers.PrimaryKeyRelatedField(queryset=Product.objects.none(), required=False, allow_null=True)

    class Meta:
        model = ConsumptionRecord
        fields = list(ConsumptionRecord.FIELDS)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        request = self.context.get("request")
        if request is not None:
            self.fields["product"].queryset = Product.objects.visible_to(request.user).for_list()

    def validate(self, attrs):
        check_model(ConsumptionRecord(), attrs)
        return attrs


class UnitTotalOut(serializers.Serializer):
    unit = serializers.CharField()
    quantity = serializers.DecimalField(SUM_DIGITS, 3)
    records = serializers.IntegerField()
    qualifier = serializers.CharField()


class ModeTotalOut(serializers.Serializer):
    """Verified records of one mode. Modes are never added."""

    mode = serializers.CharField()
    records = serializers.IntegerField()
    amount = serializers.DecimalField(SUM_DIGITS, 2, allow_null=True, help_text="Yuan after refunds.")
    qualifier = serializers.CharField()
    refunded = serializers.DecimalField(SUM_DIGITS, 2)
    with_amount = serializers.IntegerField()
    by_unit = UnitTotalOut(many=True, help_text="Records without an amount, by quantity.")
    unmeasured = serializers.IntegerField(help_text="Records with neither an amount nor a quantity.")
    definition = serializers.CharField()


@extend_schema_view(
    list=extend_schema(summary="Products of villages", auth=[{}]),
    retrieve=extend_schema(summary="One product", auth=[{}]),
)
class ProductViewSet(RepeatSafe, Reading):
    """Products of villages and co-operatives with unit and price."""

    queryset = Product.objects.none()
    serializer_class = ProductOut
    filterset_class = ProductFilter

    def get_queryset(self):
        return Product.objects.visible_to(self.request.user).for_list().order_by("name", "pk")

    @extend_schema(request=ProductIn, responses={201: ProductOut}, summary="Enter a product")
    def create(self, request):
        sent = read(ProductIn(data=request.data, context=self.get_serializer_context()))
        insist(permissions.can_keep_product(request.user, sent["region"].code, sent.get("seller")))
        return self.once(request, lambda: (201, ProductOut(services.add_product(values=sent, by=request.user)).data))

    @extend_schema(request=ProductIn, responses=ProductOut, summary="Change a product (If-Match)")
    def partial_update(self, request, pk=None):
        product = self._kept()
        version = required_version(request)
        context = self.get_serializer_context()
        sent = read(ProductIn(self._kept(), data=request.data, partial=True, context=context))
        region, seller = sent.get("region", product.region), sent.get("seller", product.seller)
        insist(permissions.can_keep_product(request.user, region.code, seller))
        services.edit_product(product=product, values=sent, version=version, by=request.user)
        return Response(ProductOut(product).data)

    @extend_schema(request=NothingIn, responses=ProductOut, summary="Take a product off the list")
    @action(detail=True, methods=["post"])
    def withdraw(self, request, pk=None):
        return self._step(request, services.withdraw_product)

    @extend_schema(request=NothingIn, responses=ProductOut, summary="Offer a product again")
    @action(detail=True, methods=["post"])
    def offer(self, request, pk=None):
        return self._step(request, services.offer_product)

    def _step(self, request, service) -> Response:
        product = self._kept()
        service(product=product, by=request.user, **read(NothingIn(data=request.data)))
        return Response(ProductOut(product).data)

    def _kept(self) -> Product:
        product = self.get_object()
        insist(permissions.can_keep_product(self.request.user, product.region_id, product.seller))
        return product


@extend_schema_view(
    list=extend_schema(summary="Consumption records", auth=[{}]),
    retrieve=extend_schema(summary="One consumption record", auth=[{}]),
)
class ConsumptionViewSet(RepeatSafe, Reading):
    """Purchases from villages and sales arranged for them. Only verified ones are in totals; none is a donation."""

    queryset = ConsumptionRecord.objects.none()
    serializer_class = PurchaseOut
    filterset_class = ConsumptionFilter

    def get_queryset(self):
        return ConsumptionRecord.objects.visible_to(self.request.user).for_list().order_by("-bought_on", "-pk")

    @extend_schema(request=PurchaseIn, responses={201: PurchaseOut}, summary="Enter a consumption record")
    def create(self, request):
        sent = read(PurchaseIn(data=request.data, context=self.get_serializer_context()))
        parties = (sent.get("buyer"), sent.get("seller"))
        insist(permissions.can_enter_purchase(request.user, sent["region"].code, *parties))
        return self.once(
            request, lambda: (201, PurchaseOut(services.enter_purchase(values=sent, by=request.user)).data)
        )

    @extend_schema(
        responses=ModeTotalOut(many=True), summary="Totals by mode, over the same filters as the list", auth=[{}]
    )
    @action(detail=False, pagination_class=None)
    def totals(self, request):
        records = self.filter_queryset(self.get_queryset())
        return Response(ModeTotalOut(selectors.consumption_totals(records), many=True).data)

    @extend_schema(request=NothingIn, responses=PurchaseOut, summary="Verify a record (a second person)")
    @action(detail=True, methods=["post"])
    def verify(self, request, pk=None):
        return self._step(request, services.verify_purchase, NothingIn)

    @extend_schema(request=ReasonIn, responses=PurchaseOut, summary="Strike out a wrong record")
    @action(detail=True, methods=["post"])
    def strike(self, request, pk=None):
        return self._step(request, services.strike_purchase, ReasonIn)

    @extend_schema(request=RefundIn, responses={201: RefundOut}, summary="Enter a refund")
    @action(detail=True, methods=["post"])
    def refunds(self, request, pk=None):
        record = self.get_object()
        insist(permissions.can_refund(request.user, record))
        sent = read(RefundIn(data=request.data))

        def work():
            return 201, RefundOut(services.enter_refund(record=record, values=sent, by=request.user)).data

        return self.once(request, work)

    def _step(self, request, service, serializer) -> Response:
        record = self.get_object()
        insist(permissions.can_verify_purchase(request.user, record))
        service(record=record, by=request.user, **read(serializer(data=request.data)))
        return Response(PurchaseOut(record).data)
