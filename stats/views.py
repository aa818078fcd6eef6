"""Pages of the figures: the same answers as the API, with the address to ask for them."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from stats import filters, selectors
from stats.definitions import BENEFICIARIES, DONATIONS


def _api_url(request: HttpRequest, name: str) -> str:
    query = urlencode({key: value for key, value in request.GET.items() if value})
    return request.build_absolute_uri(reverse(f"api:{name}") + (f"?{query}" if query else ""))


def donations(request: HttpRequest) -> HttpResponse:
    form = filters.DonationFigureForm.of_page(request.GET)
    valid = form.is_valid()
    answer, state = selectors.answer_of_one_state(form.question()) if valid else (None, selectors.figure_state())
    context = {
        "form": form,
        "answer": answer,
        "state": state,
        "definition": DONATIONS,
        "api_url": _api_url(request, "statistics-donations"),
    }
    return render(request, "stats/donations.html", context, status=200 if valid else 400)


def beneficiaries(request: HttpRequest) -> HttpResponse:
    form = filters.BeneficiaryFigureForm.of_page(request.GET)
    valid = form.is_valid()
    answer = None
    if valid:
        values = form.cleaned_data
        answer = selectors.beneficiary_figures(values["region"], values["from"], values["to"], values["stage"])
    context = {
        "form": form,
        "answer": answer,
        "definition": BENEFICIARIES,
        "api_url": _api_url(request, "statistics-beneficiaries"),
    }
    return render(request, "stats/beneficiaries.html", context, status=200 if valid else 400)
