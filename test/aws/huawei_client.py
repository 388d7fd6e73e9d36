"""A client of the real API that was pointed at the function `http`: lists, shows and cancels by Huawei's own SDK for Python,
with a caller's key in place of a signature, and prints what it understood: `huawei_client.py '<json>'`."""

import json
import sys
from typing import Any, Callable

from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.exceptions.exceptions import ServiceResponseException
from huaweicloudsdksfsturbo import v1 as sfs

given: dict[str, Any] = json.loads(sys.argv[1])


class CallerKey(BasicCredentials):
    """The SDK signs nothing that has an Authorization already."""

    def sign_request(self, request: Any) -> Any:
        request.header_params["Authorization"] = f"Bearer {given['callerKey']}"
        return super().sign_request(request)


# a client takes credentials by the name of their class
CallerKey.__name__ = "BasicCredentials"


def outcome(call: Callable[[], Any]) -> Any:
    """What a call gives, or the status and the code of the refusal. The SDK knows no `errCode`: it passes the body on as text."""
    try:
        return call()
    except ServiceResponseException as error:
        return f"{error.status_code} {json.loads(error.error_msg)['errCode']}"


def ref(task_id: str, share_id: str = given["shareId"]) -> dict[str, str]:
    return {"share_id": share_id, "feature": "dir-usage", "task_id": task_id}


credentials = CallerKey("none", "none", given["projectId"])
client = sfs.SFSTurboClient.new_builder().with_credentials(credentials).with_endpoint(given["url"]).build()


def pages() -> Any:
    marker = None
    while True:
        request = sfs.ListFsTasksRequest(share_id=given["shareId"], feature="dir-usage", limit=2, marker=marker)
        tasks = client.list_fs_tasks(request).tasks
        yield from tasks
        if len(tasks) < 2:
            return
        marker = tasks[-1].task_id


shown = client.show_fs_task(sfs.ShowFsTaskRequest(**ref(given["taskId"])))
print(
    json.dumps(
        {
            "listed": [[task.task_id, task.status, task.dir_usage.path] for task in pages()],
            "shown": [shown.task_id, shown.status, shown.begin_time, shown.dir_usage.path],
            "deleted": client.delete_fs_task(sfs.DeleteFsTaskRequest(**ref(given["taskId"]))).status_code,
            "again": outcome(lambda: client.delete_fs_task(sfs.DeleteFsTaskRequest(**ref(given["taskId"])))),
            "foreign": outcome(lambda: client.show_fs_task(sfs.ShowFsTaskRequest(**ref(given["taskId"], "other")))),
        }
    )
)
