"""REST access to 1+N teams and their members."""

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action

from accounts.models import Post
from core.headers import KEY
from pairings import permissions, services
from pairings.api.doors import PublicReads, insist
from pairings.api.serializers import EndInput, MemberInput, MemberOutput, TeamInput, TeamOutput
from pairings.filters import TeamFilter, TeamMemberFilter
from pairings.models import Team, TeamMember


class TeamViewSet(PublicReads):
    """Teams with their villages and present members."""

    model = Team
    queryset = Team.objects.none()
    serializer_class = TeamOutput
    filterset_class = TeamFilter

    @extend_schema(request=TeamInput, responses={201: TeamOutput}, parameters=[KEY])
    def create(self, request):
        """Form a team for a village one is responsible for."""
        insist(permissions.can_add_team(request.user))
        sent = self.checked(TeamInput)
        insist(request.user.serves(sent["village"].code, Post.Kind.STAFF))
        return self.done(lambda: services.form_team(**sent, by=request.user), 201)

    @extend_schema(request=MemberInput, responses=TeamOutput, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def join(self, request, pk=None):
        """Let an organization join."""
        team = self._own()
        sent = self.checked(MemberInput)

        def work():
            services.add_member(team=team, **sent, by=request.user)
            return team

        return self.done(work)

    @extend_schema(request=None, responses=TeamOutput, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def activate(self, request, pk=None):
        """Let a complete team start."""
        team = self._own()
        return self.done(lambda: services.activate_team(team=team, by=request.user))

    @extend_schema(request=EndInput, responses=TeamOutput, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def dissolve(self, request, pk=None):
        """Dissolve a team; its members leave on the same day."""
        team = self._own()
        sent = self.checked(EndInput)
        return self.done(lambda: services.dissolve_team(team=team, **sent, by=request.user))

    def _own(self) -> Team:
        team = self.get_object()
        insist(permissions.can_change_team(self.request.user, team))
        return team


class TeamMemberViewSet(PublicReads):
    """Members of teams, those who have left too; `on=2022-06-30` gives the members of that day."""

    model = TeamMember
    order = ("team_id", "-is_lead", "pk")
    queryset = TeamMember.objects.none()
    serializer_class = MemberOutput
    filterset_class = TeamMemberFilter

    @extend_schema(request=EndInput, responses=MemberOutput, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def leave(self, request, pk=None):
        """Let a member leave; `on` is its last day."""
        member = self.get_object()
        insist(permissions.can_change_team(request.user, member.team))
        sent = self.checked(EndInput)
        return self.done(lambda: services.leave_team(member=member, **sent, by=request.user))


routes = [("teams", TeamViewSet), ("team-members", TeamMemberViewSet)]
