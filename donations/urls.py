from django.urls import path

from donations import views

app_name = "donations"
urlpatterns = [
    path("", views.DonationList.as_view(), name="donation-list"),
    path("add/", views.donation_add, name="donation-add"),
    path("<int:pk>/", views.DonationDetail.as_view(), name="donation-detail"),
    path("<int:pk>/receive/", views.donation_receive, name="donation-receive"),
    path("<int:pk>/cancel/", views.donation_cancel, name="donation-cancel"),
    path("<int:pk>/reverse/", views.donation_reverse, name="donation-reverse"),
]
