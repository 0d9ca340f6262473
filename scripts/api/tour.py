"""The tour of `scripts/tour-api`, with the client that was made from the served document."""

import datetime
import json
import os
import urllib.parse
import urllib.request

from organization_api import AuthenticatedClient
from organization_api.api.collections import collections_list, collections_put
from organization_api.api.events import events_list
from organization_api.api.groups import groups_get_member_ids, groups_list, groups_post
from organization_api.api.members import members_delete, members_get, members_list, members_post, members_put
from organization_api.api.organization import organization_get_subscription, organization_import, organization_put_subscription
from organization_api.api.policies import policies_get, policies_put
from organization_api import models

url = os.environ["TOUR_URL"]
form = {"grant_type": "client_credentials", "client_id": os.environ["TOUR_ID"], "client_secret": os.environ["TOUR_SECRET"]}
token = json.load(urllib.request.urlopen(url + "/identity/connect/token", urllib.parse.urlencode(form).encode()))["access_token"]
client = AuthenticatedClient(base_url=url + "/api", token=token, raise_on_unexpected_status=True)


def done(what, found):
    assert found, what
    print("ok  ", what)


collection = collections_list.sync(client=client).data[0]
access = models.AssociationRequest(id=collection.id, read_only=True)
group = groups_post.sync(client=client, body=models.GroupRequest(name="Operations", collections=[access]))
done("group with an association", group.collections[0].id == collection.id and group.collections[0].read_only)

invite = models.InviteRequest(email="Ines.Okafor@example.net", type_=models.MemberType.USER, groups=[group.id])
member = members_post.sync(client=client, body=invite)
done("invite", member.email == "ines.okafor@example.net" and member.status == models.MemberStatus.INVITED)
done("members of the group", groups_get_member_ids.sync(group.id, client=client) == [member.id])

custom = models.MemberRequest(
    type_=models.MemberType.CUSTOM, permissions=models.PermissionsRequest(manage_users=True), collections=[access], external_id="hr-1"
)
changed = members_put.sync(member.id, client=client, body=custom)
done("update", changed.permissions.manage_users and not changed.permissions.manage_sso and changed.external_id == "hr-1")

groups = [models.AssociationRequest(id=group.id, read_only=False, manage=True)]
collection = collections_put.sync(collection.id, client=client, body=models.CollectionRequest(external_id="infra/production", groups=groups))
done("association of a collection", collection.groups[0].manage)

data = models.PolicyRequestDataType0.from_dict({"minLength": 14})
policies_put.sync(models.PolicyType.MASTER_PASSWORD, client=client, body=models.PolicyRequest(enabled=True, data=data))
policy = policies_get.sync(models.PolicyType.MASTER_PASSWORD, client=client)
done("policy", policy.enabled and policy.data["minLength"] == 14)

people = [models.ImportRequestMembersItem(email="new@example.net", external_id="hr-2"), models.ImportRequestMembersItem(external_id="hr-9", deleted=True)]
shift = [models.ImportRequestGroupsItem(name="Night shift", external_id="cn=night", member_external_ids=["hr-1", "hr-2"])]
answer = organization_import.sync_detailed(client=client, body=models.ImportRequest(members=people, groups=shift, overwrite_existing=False))
names = [group.name for group in groups_list.sync(client=client).data]
done("import", answer.status_code == 200 and names == ["Operations", "Night shift"] and len(members_list.sync(client=client).data) == 3)

message = organization_put_subscription.sync(
    client=client, body=models.SubscriptionRequest(password_manager=models.SubscriptionRequestPasswordManagerType0(seats=90, max_auto_scale_seats=120))
)
done("subscription", organization_get_subscription.sync(client=client).password_manager.seats == 90 and "updated" in message.message)

removed = members_delete.sync_detailed(member.id, client=client)
gone = AuthenticatedClient(base_url=url + "/api", token=token)
done("remove", removed.status_code == 200 and members_get.sync_detailed(member.id, client=gone).status_code == 404)

now = datetime.datetime.now(datetime.timezone.utc)
page = events_list.sync(client=client, start=now - datetime.timedelta(hours=1), end=now)
types = [event.type_.value for event in reversed(page.data)]
done("events " + " ".join(str(number) for number in types), types == [1300, 1400, 1500, 1502, 1301, 1700, 1500, 1400, 1503] and page.continuation_token is None)

try:
    members_post.sync(client=client, body=models.InviteRequest(email="new@example.net", type_=models.MemberType.USER))
    refused = False
except Exception as error:
    refused = "400" in str(error)
answer = members_post.sync(client=gone, body=models.InviteRequest(email="new@example.net", type_=models.MemberType.USER))
done("a refusal as an error object", refused or answer.message == "This user has already been invited.")
