"""Addresses of demands, claims and demand lists."""

from django.urls import path

from demands.views import acceptance, claims, deliveries, demands, lists

app_name = "demands"
urlpatterns = [
    path("", demands.DemandListPage.as_view(), name="demand-list"),
    path("new/", demands.demand_create, name="demand-create"),
    path("<int:pk>/", demands.DemandDetail.as_view(), name="demand-detail"),
    path("<int:pk>/edit/", demands.demand_edit, name="demand-edit"),
    path("<int:pk>/submit/", demands.demand_submit, name="demand-submit"),
    path("<int:pk>/publish/", demands.demand_publish, name="demand-publish"),
    path("<int:pk>/return/", demands.demand_return, name="demand-return"),
    path("<int:pk>/reject/", demands.demand_reject, name="demand-reject"),
    path("<int:pk>/withdraw/", demands.demand_withdraw, name="demand-withdraw"),
    path("<int:pk>/quantities/", demands.demand_quantities, name="demand-quantities"),
    path("<int:pk>/claim/", claims.demand_claim, name="demand-claim"),
    path("claims/", claims.ClaimListPage.as_view(), name="claim-list"),
    path("claims/<int:pk>/", claims.ClaimDetail.as_view(), name="claim-detail"),
    path("claims/<int:pk>/receipt/", claims.ClaimReceipt.as_view(), name="claim-receipt"),
    path("claims/<int:pk>/approve/", claims.claim_approve, name="claim-approve"),
    path("claims/<int:pk>/reject/", claims.claim_reject, name="claim-reject"),
    path("claims/<int:pk>/withdraw/", claims.claim_withdraw, name="claim-withdraw"),
    path("claims/<int:pk>/agreement/", deliveries.claim_agreement, name="claim-agreement"),
    path("claims/<int:pk>/agreement/file/", deliveries.agreement_file, name="agreement-file"),
    path("claims/<int:pk>/deliver/", deliveries.delivery_create, name="delivery-create"),
    path("claims/<int:pk>/verify/", acceptance.claim_verify, name="claim-verify"),
    path("claims/<int:pk>/confirm/", acceptance.claim_confirm, name="claim-confirm"),
    path("claims/<int:pk>/spot-check/", acceptance.spot_check_order, name="spot-check-order"),
    path("claims/<int:pk>/rate/", acceptance.claim_rate, name="claim-rate"),
    path("deliveries/", deliveries.DeliveryListPage.as_view(), name="delivery-list"),
    path("deliveries/<int:pk>/", deliveries.DeliveryDetail.as_view(), name="delivery-detail"),
    path("deliveries/<int:pk>/edit/", deliveries.delivery_edit, name="delivery-edit"),
    path("deliveries/<int:pk>/files/", deliveries.delivery_files, name="delivery-files"),
    path("deliveries/<int:pk>/files/<int:file_pk>/", deliveries.delivery_file, name="delivery-file"),
    path(
        "deliveries/<int:pk>/files/<int:file_pk>/remove/",
        deliveries.delivery_file_remove,
        name="delivery-file-remove",
    ),
    path("deliveries/<int:pk>/hand-over/", deliveries.delivery_hand_over, name="delivery-hand-over"),
    path("deliveries/<int:pk>/withdraw/", deliveries.delivery_withdraw, name="delivery-withdraw"),
    path("deliveries/<int:pk>/inspect/", acceptance.delivery_inspect, name="delivery-inspect"),
    path("deliveries/entries/<int:pk>/reverse/", acceptance.entry_reverse, name="entry-reverse"),
    path("spot-checks/", acceptance.SpotCheckListPage.as_view(), name="spot-check-list"),
    path("spot-checks/<int:pk>/", acceptance.spot_check_detail, name="spot-check-detail"),
    path("lists/", lists.BatchListPage.as_view(), name="batch-list"),
    path("lists/new/", lists.batch_create, name="batch-create"),
    path("lists/<int:pk>/", lists.BatchDetail.as_view(), name="batch-detail"),
    path("lists/<int:pk>/publish/", lists.batch_publish, name="batch-publish"),
]
