"""Asks the embedded cloud with Huawei's own SDKs, and prints what they say: `huawei_sdk.py '<json>'`."""

import json
import sys
from typing import Any, Callable

from huaweicloudsdkcore.auth.credentials import BasicCredentials, GlobalCredentials
from huaweicloudsdkcore.exceptions.exceptions import ServiceResponseException
from huaweicloudsdkiam import v3 as iam
from huaweicloudsdksfsturbo import v1 as sfs
from huaweicloudsdksts import v1 as sts

given: dict[str, Any] = json.loads(sys.argv[1])
access_key, secret_key = given["accessKey"], given["secretKey"]


def client(kind: Any, credentials: Any, url: str) -> Any:
    return kind.new_builder().with_credentials(credentials).with_endpoint(url).build()


def of_project(name: str) -> Any:
    return BasicCredentials(access_key, secret_key, given[name]["id"])


def outcome(call: Callable[[], Any]) -> Any:
    """What a call gives, or the status and the code that the SDK found in the refusal."""
    try:
        return call()
    except ServiceResponseException as error:
        return f"{error.status_code} {error.error_code}"


def assume(urn: str, **more: Any) -> Any:
    body = sts.AssumeAgencyReqBody(agency_urn=urn, agency_session_name="du-cleaner", **more)
    return sts_client.assume_agency(sts.AssumeAgencyRequest(body=body))


def assume_v3(name: str) -> Any:
    role = iam.IdentityAssumerole(agency_name=name, domain_name=given["theirDomain"], duration_seconds=900)
    identity = iam.AgencyAuthIdentity(methods=["assume_role"], assume_role=role)
    body = iam.CreateTemporaryAccessKeyByAgencyRequestBody(auth=iam.AgencyAuth(identity=identity))
    return iam_client.create_temporary_access_key_by_agency(iam.CreateTemporaryAccessKeyByAgencyRequest(body=body))


def share_names(of: Any) -> Any:
    return outcome(lambda: [share.name for share in of.list_shares(sfs.ListSharesRequest()).shares])


iam_client = client(iam.IamClient, GlobalCredentials(access_key, secret_key, given["domainId"]), given["iamUrl"])
sts_client = client(sts.StsClient, of_project("ours"), given["stsUrl"])
ours = client(sfs.SFSTurboClient, of_project("ours"), given["ours"]["url"])

by_v3 = assume_v3("du").credential
by_v5 = assume(given["urn"], external_id="ticket-1").credentials
keys = [
    (by_v3.access, by_v3.secret, by_v3.securitytoken),
    (by_v5.access_key_id, by_v5.secret_access_key, by_v5.security_token),
]
theirs = [
    client(
        sfs.SFSTurboClient,
        BasicCredentials(ak, sk, given["theirs"]["id"]).with_security_token(token),
        given["theirs"]["url"],
    )
    for ak, sk, token in keys
]
foreign = client(sfs.SFSTurboClient, of_project("theirs"), given["theirs"]["url"])

tags = [sfs.Tag(key="du-cleaner", values=["on"])]
by_tag = sfs.ListSharesByTagRequestBody(action="filter", limit="10", offset="0", tags=tags)
task = sfs.DeleteFsTaskRequest(share_id=given["shareId"], feature="dir-usage", task_id=given["taskId"])
projects = iam_client.keystone_list_projects(iam.KeystoneListProjectsRequest()).projects
found = ours.list_shares_by_tag(sfs.ListSharesByTagRequest(body=by_tag))
identity = sts_client.get_caller_identity(sts.GetCallerIdentityRequest())

print(
    json.dumps(
        {
            "projects": [project.name for project in projects],
            "account": identity.account_id,
            "ours": share_names(ours),
            "byTag": [found.total_count, [resource.resource_name for resource in found.resources]],
            "theirs": [share_names(each) for each in theirs],
            "foreign": share_names(foreign),
            "deleted": outcome(lambda: theirs[1].delete_fs_task(task).status_code),
            "withoutExternalId": outcome(lambda: assume(given["urn"])),
            "unknownAgency": outcome(lambda: assume(given["urn"] + "x")),
            "unknownAgencyV3": outcome(lambda: assume_v3("none")),
        }
    )
)
