"""Loading the demonstration through the same services that people use, so that every record is a legal one."""

import datetime
import secrets
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import services as accounts
from accounts.models import Post, User
from core.errors import Refused
from demands.imports import not_accepted_run, price_run
from demands.models import Demand
from demands.services import catalogue, claims, demands, evidence, invitations, lists, offers, review
from donations.services import RowsRefused, load_donations
from donations.sheets import donation_sheet
from exchange import services as exchange
from exchange.imports import problems_of
from exchange.sheets import read
from notices import services as notices
from organizations import services as organizations
from organizations.models import Membership, Organization
from pairings import services as pairings
from pairings.models import Pairing
from portal import demo
from portal.services.life import show_life
from projects import services as projects
from projects.models import Activity, Campaign, CapacityRecord, ConsumptionRecord, ReportedFigure
from publications import services as publications
from regions.models import Region
from stats import services as stats

DATA = Path(settings.BASE_DIR) / "data"


def load_demo(*, progress: Callable[[int], Any] | None = None) -> bool:
    """Load the demonstration records, all or none; False when they are already there.

    Raises `Refused` where a region is missing (only some counties were loaded).
    """
    tell = progress or (lambda done: None)
    if User.objects.filter(username=demo.PEOPLE[0].username).exists():
        return False
    with transaction.atomic():
        _load_files()
        _catalogue()
        tell(1)
        people = _people()
        tell(1)
        _demands(people)
        _offers(people)
        tell(1)
        show_life(people)
        tell(1)
        # Before the long lists come in: the worker tells of those.
        notices.take_all_events()
        tell(1)
        _demand_files(people)
        tell(1)
        _projects(people)
        _activities(people)
        tell(1)
        _documents()
        tell(1)
        _pairs()
        tell(1)
    stats.apply_all_changes()
    tell(1)
    return True


LOAD_STEPS = 10


def _load_files() -> None:
    """Organizations, pairs and gifts from their files (data/PROVENANCE of each says where they come from)."""
    registrar, posts = _registrar()
    _upload_organizations(registrar)
    _upload_figures(registrar)
    for post in posts:
        accounts.end_post(post=post, by=None)
    for name in ("pairs-2021.csv", "demo-pairs.csv"):
        pairings.load_pairs_file(path=DATA / "pairings" / name, by=None)
    pairings.load_teams_file(path=DATA / "pairings" / "demo-teams.csv", by=None)
    reading = read(donation_sheet(), (DATA / "demo" / "shandong-chongqing-2021.xlsx").read_bytes())
    _insist(reading.problems)
    load_donations(rows=reading.rows, by=None)


def _catalogue() -> None:
    """Usual prices and things not accepted (data/catalogue/README.md says where they come from)."""
    catalogue.load_catalogue(start=price_run, path=DATA / "catalogue" / "prices.csv", by=None)
    catalogue.load_catalogue(start=not_accepted_run, path=DATA / "catalogue" / "not-accepted.csv", by=None)


def _registrar() -> tuple[User, list[Post]]:
    """Who uploads the files: staff of every province they speak of, for as long as that takes."""
    who = demo.REGISTRAR
    registrar = accounts.create_user(username=who.username, password=secrets.token_urlsafe(32), name=who.name, by=None)
    # Since yesterday, so that the posts do not end before they begin.
    given: dict[str, Any] = {
        "user": registrar,
        "kind": Post.Kind.STAFF,
        "valid_from": timezone.localdate() - datetime.timedelta(days=1),
    }
    return registrar, [accounts.give_post(region=_region(code), by=None, **given) for code in demo.PROVINCES]


def _upload_organizations(registrar: User) -> None:
    """The organizations come in as everybody's do: a member of staff uploads a workbook, and confirms it."""
    for name in demo.ORGANIZATION_FILES:
        _import("organizations", name, (DATA / "demo" / name).read_bytes(), by=registrar)


def _upload_figures(registrar: User) -> None:
    """Campaigns that have begun, figures of the articles, products of a village, what was sold, and capacity."""
    for sheet, folder, name in demo.FIGURE_FILES:
        _import(sheet, name, (DATA / folder / name).read_bytes(), by=registrar)
    for campaign in Campaign.objects.filter(status=Campaign.Status.DRAFT).order_by("pk"):
        projects.start_campaign(campaign=campaign, by=None)
    for campaign in Campaign.objects.filter(ends_on__lt=timezone.localdate()).order_by("pk"):
        projects.end_campaign(campaign=campaign, by=None)
    projects.publish_figures(figures=ReportedFigure.objects.all(), by=None)
    for record in ConsumptionRecord.objects.order_by("pk"):
        projects.verify_purchase(record=record, by=None)
    for station in CapacityRecord.objects.order_by("pk"):
        projects.verify_capacity(record=station, by=None)
    for activity in Activity.objects.order_by("pk"):
        projects.verify_activity(activity=activity, by=None)


def _insist(problems: list) -> None:
    if problems:
        raise RowsRefused(problems)


def _region(code: str) -> Region:
    region = Region.objects.filter(code=code).first()
    if region is None:
        raise Refused(
            _("The demonstration needs all regions; %(code)s is not loaded. Run load_regions first.") % {"code": code}
        )
    return region


def _people() -> dict[str, User]:
    """The demonstration log-ins with their posts and memberships."""
    found = {}
    for person in demo.PEOPLE:
        user = accounts.create_user(username=person.username, password=demo.password(), name=person.name, by=None)
        if person.post:
            accounts.give_post(user=user, kind=person.post, region=_region(person.region), by=None)
        if person.organization:
            organization = Organization.objects.get(name=person.organization)
            organizations.add_member(organization=organization, user=user, role=Membership.Role.MANAGER, by=None)
        found[person.username] = User.objects.get(pk=user.pk)
    return found


def _demands(people: dict[str, User]) -> None:
    """Village demands, published by a second person, some of them claimed in part."""
    made = {row["values"]["title"]: _demand(row, people) for row in (*demo.DEMANDS, *demo.DEMANDS_OF_THE_LIFE)}
    for username, title, quantity, approved in demo.CLAIMS:
        organization = Organization.objects.of(people[username]).get()
        lines = [(made[title].items.all()[0], Decimal(quantity))]
        claim = claims.claim_demand(
            demand=made[title],
            organization=organization,
            lines=lines,
            plan="两周内备齐，专车送到村。演示数据。",
            by=people[username],
        )
        if approved:
            claims.approve_claim(claim=claim, by=people["chengkou"])


def _demand(row: dict[str, Any], people: dict[str, User]) -> Demand:
    values = {**row["values"], "village": _region(row["values"]["village"])}
    author = people["siwan"] if values["village"].code == demo.SIWAN else people["chengkou2"]
    items = [{**item, "quantity": Decimal(item["quantity"]), "unit_price": _price(item)} for item in row["items"]]
    demand = demands.create_demand(values=values, items=items, beneficiaries=row["beneficiaries"], by=author)
    evidence.attach_evidence(
        record=demand, name="村民代表会议记录.txt", content=demo.MINUTES.encode(), public=True, by=author
    )
    demands.submit(demand=demand, by=author)
    if row["state"] == "published":
        review.publish(demand=demand, by=people["chengkou"])
    return demand


def _offers(people: dict[str, User]) -> None:
    """What organizations can give to 城口县, and one invitation that waits for its answer."""
    demand = Demand.objects.get(title=demo.INVITED_TO)
    for number, (username, values, quantity) in enumerate(demo.OFFERS):
        organization = Organization.objects.of(people[username]).get()
        values = {**values, "quantity": Decimal(quantity), "description": "演示数据。"}
        made = offers.create_offer(
            organization=organization, values=values, regions=[_region(demo.CHENGKOU)], by=people[username]
        )
        offers.open_offer(offer=made, by=people[username])
        if number == 0:
            invitations.invite_organization(
                demand=demand, organization=organization, offer=made, message="演示数据。", by=people["chengkou"]
            )


def _demand_files(people: dict[str, User]) -> None:
    """Lists of demands as an office fills them: a workbook uploaded, checked and stored, handed in, published."""
    for row in demo.DEMAND_FILES:
        author, publisher = people[row["author"]], people[row["publisher"]]
        start, end = row["period"]
        batch = lists.create_list(
            region=_region(row["region"]),
            title=row["list"],
            source=row["source"],
            period_from=start,
            period_to=end,
            by=publisher,
        )
        content = (DATA / "demo" / row["file"]).read_bytes()
        _import("demands", row["file"], content, by=author)
        evidence.attach_evidence(record=batch, name=row["file"], content=content, by=author)
        lists.submit_list(demand_list=batch, by=author)
        lists.publish_demands_of(demand_list=batch, by=publisher)
        lists.publish_list(demand_list=batch, by=publisher)


def _import(sheet: str, name: str, content: bytes, *, by: User) -> None:
    """Take a file the whole way people take; refused with its problems when one row is wrong."""
    upload = exchange.upload_batch(sheet=sheet, file_name=name, content=content, by=by)
    exchange.run_batch(batch_id=upload.pk)
    upload.refresh_from_db()
    if upload.problems:
        _insist(problems_of(upload))
    exchange.confirm_batch(batch=upload, by=by)
    exchange.run_batch(batch_id=upload.pk)


def _price(item: dict) -> Decimal | None:
    return Decimal(item["unit_price"]) if item.get("unit_price") else None


def _projects(people: dict[str, User]) -> None:
    """Assistance projects with beneficiary counts, approved by a second person and under way."""
    for row in demo.PROJECTS:
        name, kind, code = row["lead"]
        loaded = organizations.load_organizations(
            rows=[{"name": name, "kind": kind, "uscc": "", "level": _level(code), "region": code, "synthetic": False}],
            by=None,
        )
        fields = ("name", "form", "starts_on", "ends_on", "summary")
        project = projects.create_project(
            values={**{key: row[key] for key in fields}, "lead": loaded.organizations[0], "funding": "donation"},
            regions=[_region(code) for code in row["regions"]],
            by=people["chengkou2"],
        )
        projects.submit_project(project=project, by=people["chengkou2"])
        projects.approve_project(project=project, by=people["chongqing"])
        projects.start_project(project=project, by=people["chongqing"])
        for stage, region, measure, value, qualifier, basis in row["counts"]:
            count = {"stage": stage, "region": _region(region), "measure": measure, "value": value}
            count |= {
                "qualifier": qualifier,
                "basis": basis,
                "as_of": min(timezone.localdate(), row["ends_on"] or timezone.localdate()),
            }
            entered = projects.add_count(project=project, values=count, by=people["chongqing"])
            if stage == "achieved":
                projects.verify_count(count=entered, by=people["chengkou2"])
        if row["ends_on"] and row["ends_on"] < timezone.localdate():
            projects.complete_project(project=project, by=people["chongqing"])


def _activities(people: dict[str, User]) -> None:
    """Activities of these projects from a workbook of the city's office; the county verifies all but the newest."""
    name = demo.ACTIVITY_FILE
    _import("activities", name, (DATA / "demo" / name).read_bytes(), by=people["chongqing"])
    waiting = Activity.objects.filter(status=Activity.Status.ENTERED)
    for activity in waiting.order_by("starts_on", "pk")[: waiting.count() - 1]:
        projects.verify_activity(activity=activity, by=people["chengkou2"])


def _documents() -> None:
    """The documents of the source article; like the other files they are loaded by nobody in particular."""
    for row in demo.DOCUMENTS:
        values = {**row, "region": _region(row["region"])}
        document = publications.create_document(values=values, by=None)
        publications.submit_document(document=document, by=None)
        publications.publish_document(document=document, by=None)


def _pairs() -> None:
    """What the two sides of some pairs have agreed on, and their visits."""
    for row in demo.PAIR_FIGURES:
        for side, value in row["values"].items():
            pairings.state_target(
                pairing=_pair(*row["pair"]),
                year=row["year"],
                measure=row["measure"],
                side=side,
                value=Decimal(value),
                by=None,
            )
    for row in demo.AGREEMENTS:
        parties = list(Organization.objects.filter(name__in=row["parties"]).order_by("pk"))
        agreement = pairings.propose_agreement(
            pairing=_pair(*row["pair"]), side=row["side"], values=row["values"], parties=parties, by=None
        )
        if row["confirmed"]:
            pairings.confirm_agreement(agreement=agreement, by=None)
    for row in demo.VISITS:
        pairings.record_visit(pairing=_pair(*row["pair"]), values=row["values"], by=None)


def _pair(giver: str, receiver: str) -> Pairing:
    """The pair of two parties by their names."""
    sides = Q(giver_region__name=giver) | Q(giver_organization__name=giver)
    sides &= Q(receiver_region__name=receiver) | Q(receiver_organization__name=receiver)
    return Pairing.objects.for_list().get(sides, status=Pairing.Status.ACTIVE)


def _level(code: str) -> str:
    """The level at which an organization of this region is registered."""
    level = _region(code).level
    return level if level in Organization.Level.values else Organization.Level.COUNTY
