"""Addresses of the pages about pairs."""

from django.urls import path

from pairings.views import agreements, pairings, targets, teams, visits

app_name = "pairings"
urlpatterns = [
    path("", pairings.PairingList.as_view(), name="pairing-list"),
    path("add/", pairings.pairing_add, name="pairing-add"),
    path("board/", pairings.board, name="board"),
    path("schemes/", pairings.SchemeList.as_view(), name="scheme-list"),
    path("schemes/add/", pairings.scheme_add, name="scheme-add"),
    path("<int:pk>/", pairings.PairingDetail.as_view(), name="pairing-detail"),
    path("<int:pk>/activate/", pairings.pairing_activate, name="pairing-activate"),
    path("<int:pk>/end/", pairings.pairing_end, name="pairing-end"),
    path("<int:pk>/agreements/add/", agreements.agreement_add, name="agreement-add"),
    path("<int:pk>/visits/add/", visits.visit_add, name="visit-add"),
    path("<int:pk>/targets/state/", targets.target_state, name="target-state"),
    path("agreements/", agreements.AgreementList.as_view(), name="agreement-list"),
    path("agreements/<int:pk>/", agreements.AgreementDetail.as_view(), name="agreement-detail"),
    path("agreements/<int:pk>/edit/", agreements.agreement_edit, name="agreement-edit"),
    path("agreements/<int:pk>/confirm/", agreements.agreement_confirm, name="agreement-confirm"),
    path("agreements/<int:pk>/dispute/", agreements.agreement_dispute, name="agreement-dispute"),
    path("agreements/<int:pk>/withdraw/", agreements.agreement_withdraw, name="agreement-withdraw"),
    path("agreements/<int:pk>/end/", agreements.agreement_end, name="agreement-end"),
    path("agreements/<int:pk>/document/add/", agreements.document_add, name="document-add"),
    path("agreements/<int:pk>/document/", agreements.document_download, name="document-download"),
    path("visits/", visits.VisitList.as_view(), name="visit-list"),
    path("visits/<int:pk>/edit/", visits.visit_edit, name="visit-edit"),
    path("visits/<int:pk>/withdraw/", visits.visit_withdraw, name="visit-withdraw"),
    path("targets/", targets.TargetList.as_view(), name="target-list"),
    path("targets/<int:pk>/confirm/", targets.target_confirm, name="target-confirm"),
    path("teams/", teams.TeamList.as_view(), name="team-list"),
    path("teams/add/", teams.team_add, name="team-add"),
    path("teams/<int:pk>/", teams.TeamDetail.as_view(), name="team-detail"),
    path("teams/<int:pk>/activate/", teams.team_activate, name="team-activate"),
    path("teams/<int:pk>/dissolve/", teams.team_dissolve, name="team-dissolve"),
    path("teams/<int:pk>/members/add/", teams.member_add, name="member-add"),
    path("teams/<int:pk>/members/<int:member_pk>/leave/", teams.member_leave, name="member-leave"),
]
