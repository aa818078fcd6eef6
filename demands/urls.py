"""Addresses of demands, claims and demand lists."""

from django.urls import path

from demands.views import claims, demands, lists

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
    path("lists/", lists.BatchListPage.as_view(), name="batch-list"),
    path("lists/new/", lists.batch_create, name="batch-create"),
    path("lists/<int:pk>/", lists.BatchDetail.as_view(), name="batch-detail"),
    path("lists/<int:pk>/publish/", lists.batch_publish, name="batch-publish"),
]
