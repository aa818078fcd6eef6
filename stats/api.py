"""Public statistics over REST: JSON and CSV, with definition, cut-off, data version and what is pending."""

import csv
import hashlib
import io
import json
import threading
from collections import OrderedDict

from django.http import HttpResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import exceptions
from rest_framework.permissions import AllowAny
from rest_framework.renderers import JSONRenderer
from rest_framework.views import APIView

from stats import filters, selectors
from stats.definitions import BENEFICIARIES, DONATIONS

routes: list = []


class RenderedAnswers:
    """Rendered answers of this process, by data version, day and query: never stale, because those are in the key."""

    def __init__(self, most: int = 512, most_bytes: int = 32 * 1024 * 1024):
        self.most = most
        self.most_bytes = most_bytes
        self.size = 0
        self.kept: OrderedDict = OrderedDict()
        # The threads of the web server share it.
        self.lock = threading.Lock()

    def get(self, key) -> bytes | None:
        with self.lock:
            if key in self.kept:
                self.kept.move_to_end(key)
            return self.kept.get(key)

    def keep(self, key, body: bytes) -> None:
        with self.lock:
            self.size += len(body) - len(self.kept.pop(key, b""))
            self.kept[key] = body
            while len(self.kept) > self.most or self.size > self.most_bytes:
                _key, dropped = self.kept.popitem(last=False)
                self.size -= len(dropped)


ANSWERS = RenderedAnswers()


def sums_data(sums: selectors.Sums) -> dict:
    """Amounts as exact decimal strings in yuan."""
    return {
        "cash": str(sums.cash),
        "goods": str(sums.goods),
        "services": str(sums.services),
        "total": str(sums.total),
        "gifts": sums.gifts,
        "donors": sums.donors,
        "unvalued_lots": sums.unvalued_lots,
    }


def line_data(line: selectors.Line) -> dict:
    return {"key": line.key, "codes": line.codes, "label": line.label, "joint": line.joint, **sums_data(line)}


def _region_data(region) -> dict:
    return {"code": region.code, "name": region.name} if region else {"code": "", "name": _("all China")}


class FigureView(APIView):
    """Base of the statistics: check the query, answer from the process's memory when nothing changed."""

    permission_classes = [AllowAny]
    renderer_classes = [JSONRenderer]
    form_class = filters.FigureForm

    def perform_content_negotiation(self, request, force=False):
        # `format` is ours (json or csv), so DRF must not look for a renderer of that name.
        return JSONRenderer(), "application/json"

    def wanted_format(self, request) -> str:
        wanted = request.query_params.get("format", "json")
        if wanted not in ("json", "csv"):
            raise exceptions.ValidationError({"format": [_("Choose json or csv.")]})
        return wanted

    def finished(self, request, etag: str, wanted: str, body: bytes) -> HttpResponse:
        """The answer with its ETag; 304 without a body when the reader already has this state."""
        if etag in [tag.strip() for tag in request.headers.get("If-None-Match", "").split(",")]:
            answer = HttpResponse(status=304)
        else:
            kind = "text/csv; charset=utf-8" if wanted == "csv" else "application/json"
            answer = HttpResponse(body, content_type=kind)
            if wanted == "csv":
                answer["Content-Disposition"] = f'attachment; filename="{self.file_name}.csv"'
        answer["ETag"] = etag
        answer["Cache-Control"] = "no-cache"
        answer["Access-Control-Allow-Origin"] = "*"
        return answer

    def checked(self, request):
        """The valid form of the query; 400 with each wrong or unknown parameter otherwise."""
        form = self.form_class(request.query_params)
        errors = {
            name: [_("There is no such filter.")]
            for name in request.query_params
            if name not in form.fields and name != "format"
        }
        if errors or not form.is_valid():
            raise exceptions.ValidationError({**form.errors, **errors})
        return form


def rendered(data: dict, rows: list, wanted: str) -> bytes:
    """JSON, or CSV with a byte-order mark so that Excel and WPS show Chinese."""
    if wanted == "json":
        return json.dumps(data, ensure_ascii=False).encode()
    target = io.StringIO()
    csv.writer(target).writerows(rows)
    return ("\ufeff" + target.getvalue()).encode()


def short_hash(value) -> str:
    return hashlib.sha256(repr(value).encode()).hexdigest()[:16]


def _state_data(state: selectors.State) -> dict:
    return {
        "as_of": timezone.localtime(state.as_of).isoformat() if state.as_of else None,
        "version": state.version,
        "pending": state.pending,
    }


_PERIOD = [
    OpenApiParameter("region", str, description="Region code of 6, 9 or 12 digits; without it all China"),
    OpenApiParameter("from", OpenApiTypes.DATE, description="First day of the period (Asia/Shanghai)"),
    OpenApiParameter("to", OpenApiTypes.DATE, description="Last day of the period, included"),
    OpenApiParameter("format", str, enum=["json", "csv"], default="json"),
]


class DonationFigures(FigureView):
    """Received gifts in yuan: cash, goods at value, services, gifts and distinct donors, split as asked."""

    form_class = filters.DonationFigureForm
    file_name = "donations"

    @extend_schema(
        operation_id="statistics_donations",
        parameters=[
            *_PERIOD,
            OpenApiParameter("by", str, enum=selectors.BY, default="receiver"),
            OpenApiParameter("level", str, enum=selectors.LEVELS, description="Level of receiver or giver lines"),
            OpenApiParameter("relief", str, enum=list(selectors.RELIEF), default="exclude"),
            OpenApiParameter("form", str, enum=["cash", "goods", "service"]),
            OpenApiParameter("channel", str, enum=["own", "guided", "raised"]),
        ],
        responses={200: OpenApiResponse(OpenApiTypes.OBJECT), 400: OpenApiResponse(OpenApiTypes.OBJECT)},
    )
    def get(self, request) -> HttpResponse:
        wanted = self.wanted_format(request)
        body = ANSWERS.get(self.key(request, state := selectors.figure_state()))
        if body is None:
            answer, state = selectors.answer_of_one_state(self.checked(request).question())
            body = rendered(*self.data(answer, state), wanted)
            ANSWERS.keep(self.key(request, state), body)
        etag = f'W/"{state.version}-{state.pending}-{short_hash(self.key(request, state))}"'
        return self.finished(request, etag, wanted, body)

    @staticmethod
    def key(request, state: selectors.State) -> tuple:
        """What an answer depends on. The day, because the period may be left out and regions go out of use; the time
        of the version, because versions count again from an older one when a backup is restored."""
        return (
            state.version,
            state.as_of,
            state.pending,
            request.META["QUERY_STRING"],
            get_language(),
            timezone.localdate(),
        )

    def data(self, answer: selectors.Answer, state: selectors.State) -> tuple[dict, list]:
        """The answer for JSON, and its rows for CSV."""
        question = answer.question
        data = {
            "figure": "donations.received",
            "definition": str(DONATIONS),
            "region": _region_data(question.region),
            "from": question.start.isoformat(),
            "to": question.end.isoformat(),
            "by": question.by,
            "level": question.split_level if question.by in ("receiver", "giver") else None,
            "relief": question.relief,
            "form": question.form or None,
            "channel": question.channel or None,
            "unit": "CNY",
            "total": sums_data(answer.total),
            "relief_apart": sums_data(answer.apart),
            "lines": [line_data(line) for line in answer.lines],
            "shared_beyond_region": [line_data(line) for line in answer.beyond],
            **_state_data(state),
        }
        for line in data["shared_beyond_region"]:
            del line["donors"]
        return data, self.rows(answer, state)

    def rows(self, answer: selectors.Answer, state: selectors.State) -> list:
        columns = ["key", "label", "cash", "goods", "services", "total", "gifts", "donors", "unvalued_lots"]
        rows: list = [[*columns, "as_of", "version", "pending"]]
        stamp = list(_state_data(state).values())
        for line in answer.lines:
            data = line_data(line)
            rows.append([*(data[name] for name in columns), *stamp])
        total = {"key": "total", "label": _("Total"), **sums_data(answer.total)}
        rows.append([*(total[name] for name in columns), *stamp])
        return rows


def measure_data(total) -> dict:
    """One measure: an exact total, or bounds; never both kinds mixed into one number."""
    return {
        "measure": total.measure,
        "total": total.total,
        "at_least": total.at_least,
        "at_most": total.at_most,
        "qualifier": total.qualifier,
        "counts": len(total.parts),
        "as_printed": [[part.qualifier, part.value] for part in total.parts] if total.at_most is None else [],
    }


class BeneficiaryFigures(FigureView):
    """Beneficiaries by region and measure: times add up, persons and households lie between two bounds."""

    form_class = filters.BeneficiaryFigureForm
    file_name = "beneficiaries"

    @extend_schema(
        operation_id="statistics_beneficiaries",
        parameters=[*_PERIOD, OpenApiParameter("stage", str, enum=["achieved", "expected"], default="achieved")],
        responses={200: OpenApiResponse(OpenApiTypes.OBJECT), 400: OpenApiResponse(OpenApiTypes.OBJECT)},
    )
    def get(self, request) -> HttpResponse:
        wanted = self.wanted_format(request)
        values = self.checked(request).cleaned_data
        answer = selectors.beneficiary_figures(values["region"], values["from"], values["to"], values["stage"])
        data = {
            "figure": "beneficiaries",
            "definition": str(BENEFICIARIES),
            "region": _region_data(values["region"]),
            "from": values["from"].isoformat(),
            "to": values["to"].isoformat(),
            "stage": values["stage"],
            "measures": [measure_data(total) for total in answer.total],
            "lines": [
                {"code": line.code, "label": line.label, "measures": [measure_data(total) for total in line.measures]}
                for line in answer.lines
            ],
        }
        etag = f'W/"{short_hash(data)}"'
        data["as_of"] = timezone.localtime().isoformat(timespec="seconds")
        return self.finished(request, etag, wanted, rendered(data, self.rows(data), wanted))

    def rows(self, data: dict) -> list:
        columns = ["measure", "total", "at_least", "at_most", "qualifier", "counts"]
        rows: list = [["code", "label", *columns, "as_of"]]
        for line in [*data["lines"], {"code": "total", "label": _("Total"), "measures": data["measures"]}]:
            for measure in line["measures"]:
                rows.append([line["code"], line["label"], *(measure[name] for name in columns), data["as_of"]])
        return rows


paths = [
    path("statistics/donations/", DonationFigures.as_view(), name="statistics-donations"),
    path("statistics/beneficiaries/", BeneficiaryFigures.as_view(), name="statistics-beneficiaries"),
]
