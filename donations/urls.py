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
    path("uploads/add/", views.upload_add, name="upload-add"),
    path("uploads/template/", views.upload_template, name="upload-template"),
    path("uploads/<int:pk>/", views.upload_detail, name="upload-detail"),
    path("uploads/<int:pk>/store/", views.upload_store, name="upload-store"),
    path("uploads/<int:pk>/discard/", views.upload_discard, name="upload-discard"),
]
