"""Who may do what with a project. Whether its state allows it is asked by the services."""

from collections.abc import Iterable

from accounts.models import Post
from demands.models import Claim
from organizations.models import Organization
from organizations.permissions import acts_for, manages
from projects.models import Activity, BeneficiaryCount, CapacityRecord, ConsumptionRecord, MetricValue, Project, Roster
from projects.models.consumption import LOCAL
from regions.models import Region


def can_add(user) -> bool:
    """People of an organization and civil-affairs staff may open the form."""
    return user.is_authenticated and (user.is_officer or Organization.objects.of(user).exists())


def can_enter(user, lead: Organization, regions: Iterable[Region]) -> bool:
    """A project is entered by the lead's own people, by staff of the lead's region or of one of its regions."""
    if not user.is_authenticated:
        return False
    codes = [lead.region_id, *(region.pk for region in regions)]
    return any(user.serves(code, Post.Kind.STAFF) for code in codes) or acts_for(user, lead)


def is_staff_of(user, project: Project) -> bool:
    """Civil-affairs staff responsible for one of the project's regions."""
    return user.is_authenticated and any(user.serves(region.pk, Post.Kind.STAFF) for region in project.regions.all())


def leads(user, project: Project) -> bool:
    """Whether the person acts for the lead organization."""
    return acts_for(user, project.lead)


def can_see_notes(user, project: Project) -> bool:
    """Names, reasons and field values of the history are for the project's own people and its staff."""
    if not user.is_authenticated:
        return False
    return is_staff_of(user, project) or user.serves(project.lead.region_id, Post.Kind.STAFF) or leads(user, project)


def can_edit(user, project: Project) -> bool:
    """Drafts: the lead's people and staff. What has been approved is changed by staff only."""
    if is_staff_of(user, project):
        return True
    return project.status == Project.Status.DRAFT and can_see_notes(user, project)


def can_submit(user, project: Project) -> bool:
    """Hand in a draft: the lead's people and staff."""
    return can_run(user, project)


def can_approve(user, project: Project) -> bool:
    """Approve, return and verify: staff of a project region; the services see to it that it is a second person."""
    return is_staff_of(user, project)


def can_make_project(user, claim: Claim) -> bool:
    """Make a project of a claim: the people of the organization that claimed."""
    return acts_for(user, claim.organization)


def can_run(user, project: Project) -> bool:
    """Report the beginning and the completion of the work."""
    return is_staff_of(user, project) or (user.is_authenticated and leads(user, project))


def can_stop(user, project: Project) -> bool:
    """Suspend, resume and terminate: staff; a draft may also be given up by the lead's people."""
    if is_staff_of(user, project):
        return True
    return project.status == Project.Status.DRAFT and can_run(user, project)


def can_close(user, project: Project) -> bool:
    """Staff of a project region check a completed project and close it."""
    return is_staff_of(user, project)


def can_count(user, project: Project) -> bool:
    """Enter and correct beneficiary counts."""
    return can_run(user, project)


def can_verify_count(user, project: Project) -> bool:
    """Staff of a project region; the service sees to it that it is a second person."""
    return is_staff_of(user, project)


def can_strike_count(user, count: BeneficiaryCount) -> bool:
    """Staff of a project region; the lead's people while counts of this stage may still be written."""
    if is_staff_of(user, count.project):
        return True
    return can_count(user, count.project) and count.project.status in Project.COUNTABLE[count.stage]


def can_see_rosters(user, project: Project) -> bool:
    """How many people were on rosters is for staff and for the lead's people; who they were nobody can see."""
    return can_see_notes(user, project)


def can_add_roster(user, project: Project) -> bool:
    """Only managers of the lead organization send rosters; staff see counts and never a list."""
    return manages(user, project.lead)


def can_erase_roster(user, roster: Roster) -> bool:
    """Managers of the lead organization, and staff of the roster's region."""
    return can_add_roster(user, roster.project) or user.serves(roster.region_id, Post.Kind.STAFF)


def can_see_roster_figures(user) -> bool:
    """Civil-affairs staff, and people of an organization for their own rosters."""
    return can_add(user)


def can_add_campaign(user) -> bool:
    """Civil-affairs staff open campaigns."""
    return user.is_authenticated and user.is_officer


def can_run_campaign(user, region_code: str) -> bool:
    """Campaigns, their actions and metrics are kept by staff of the campaign's region."""
    return user.is_authenticated and user.serves(region_code, Post.Kind.STAFF)


def can_enter_value(user) -> bool:
    """People of an organization and civil-affairs staff may open the form."""
    return can_add(user)


def can_enter_value_for(user, region_code: str, organization: Organization | None) -> bool:
    """A value is entered by the organization it speaks of, or by staff of its region."""
    if not user.is_authenticated:
        return False
    if user.serves(region_code, Post.Kind.STAFF):
        return True
    return organization is not None and acts_for(user, organization)


def can_verify_value(user, value: MetricValue) -> bool:
    """Staff of the value's region or of the campaign's; the service sees to it that it is a second person."""
    if not user.is_authenticated:
        return False
    codes = (value.region_id, value.metric.action.campaign.region_id)
    return any(user.serves(code, Post.Kind.STAFF) for code in codes)


def can_add_figure(user) -> bool:
    """Civil-affairs staff enter reported figures."""
    return user.is_authenticated and user.is_officer


def can_keep_figure(user, region_code: str) -> bool:
    """Edit, publish and withdraw: staff of the region that answers for the figure."""
    return user.is_authenticated and user.serves(region_code, Post.Kind.STAFF)


def can_record_activity(user, organization: Organization, region_code: str) -> bool:
    """An activity is entered by the organization's own people, or by staff of the region or of the organization."""
    if not user.is_authenticated:
        return False
    codes = (region_code, organization.region_id)
    return any(user.serves(code, Post.Kind.STAFF) for code in codes) or acts_for(user, organization)


def can_edit_activity(user, activity: Activity) -> bool:
    """Change it and its files; the services see to it that nobody has verified it."""
    return can_record_activity(user, activity.organization, activity.region_id)


def can_verify_activity(user, activity: Activity) -> bool:
    """Staff of the activity's region verify, return and strike out; the service insists on a second person."""
    return user.is_authenticated and user.serves(activity.region_id, Post.Kind.STAFF)


def can_add_purchase(user) -> bool:
    """People of an organization, village reporters, township checkers and civil-affairs staff may open the form."""
    if not user.is_authenticated:
        return False
    return user.is_superuser or bool(user.post_ranges(*LOCAL)) or Organization.objects.of(user).exists()


def can_enter_purchase(user, region_code: str, *parties: Organization | None) -> bool:
    """A record is entered by its buyer or seller, or by the people of the selling region."""
    if not user.is_authenticated:
        return False
    return user.serves(region_code, *LOCAL) or any(acts_for(user, party) for party in parties if party is not None)


def can_verify_purchase(user, record: ConsumptionRecord) -> bool:
    """Staff of the selling region; the service sees to it that it is a second person."""
    return user.is_authenticated and user.serves(record.region_id, Post.Kind.STAFF)


def can_refund(user, record: ConsumptionRecord) -> bool:
    """Refunds: whoever may enter the record; once it is verified, staff of the selling region only."""
    if record.status == ConsumptionRecord.Status.VERIFIED:
        return can_verify_purchase(user, record)
    return can_enter_purchase(user, record.region_id, record.buyer, record.seller)


def can_keep_product(user, region_code: str, seller: Organization | None) -> bool:
    """A product is kept by its seller's people and by the people of its region."""
    return can_enter_purchase(user, region_code, seller)


def can_enter_capacity(user, region_code: str, organization: Organization | None) -> bool:
    """A capacity record is entered by the organization it names, or by staff of its region."""
    return can_enter_value_for(user, region_code, organization)


def can_verify_capacity(user, record: CapacityRecord) -> bool:
    """Staff of the record's region; the service sees to it that it is a second person."""
    return user.is_authenticated and user.serves(record.region_id, Post.Kind.STAFF)
