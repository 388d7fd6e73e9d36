"""Prints what exists in the account that moto plays, as JSON. Asked through AWS's APIs, not from the template."""

import ast
import json
from typing import Any

import boto3


def found() -> dict[str, Any]:
    return {
        "stacks": stacks(),
        "functions": functions(),
        "routes": routes(),
        "stages": stages(),
        "schedules": schedules(),
        "roles": roles(),
        "alarms": alarms(),
        "logGroups": log_groups(),
        "filters": filters(),
        "topics": topics(),
        "dashboards": [entry["DashboardName"] for entry in boto3.client("cloudwatch").list_dashboards()["DashboardEntries"]],
        "buckets": [bucket["Name"] for bucket in boto3.client("s3").list_buckets()["Buckets"]],
        "secrets": sorted(secret["Name"] for secret in boto3.client("secretsmanager").list_secrets()["SecretList"]),
    }


def stacks() -> list[dict[str, Any]]:
    return [
        {
            "name": stack["StackName"],
            "status": stack["StackStatus"],
            "outputs": {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])},
        }
        for stack in boto3.client("cloudformation").describe_stacks()["Stacks"]
    ]


def functions() -> list[dict[str, Any]]:
    client = boto3.client("lambda")
    return [
        {
            "name": function["FunctionName"],
            "role": function["Role"].split("/")[-1],
            "handler": function["Handler"],
            "runtime": function["Runtime"],
            "timeout": function["Timeout"],
            "codeSha256": function["CodeSha256"],
            "environment": {k: v for k, v in function["Environment"]["Variables"].items() if v != ""},
            "mayInvoke": sorted(who_may_invoke(client, function["FunctionName"])),
        }
        for function in client.list_functions()["Functions"]
    ]


def who_may_invoke(client: Any, name: str) -> list[str]:
    try:
        policy = json.loads(client.get_policy(FunctionName=name)["Policy"])
    except client.exceptions.ResourceNotFoundException:
        return []
    return [statement["Principal"]["Service"] for statement in policy["Statement"]]


def routes() -> dict[str, str]:
    """Each route with the name of the function that it leads to."""
    client = boto3.client("apigatewayv2")
    targets: dict[str, str] = {}
    for api in client.get_apis()["Items"]:
        uris = {
            f"integrations/{integration['IntegrationId']}": integration["IntegrationUri"].split(":")[-1]
            for integration in client.get_integrations(ApiId=api["ApiId"])["Items"]
        }
        for route in client.get_routes(ApiId=api["ApiId"])["Items"]:
            targets[route["RouteKey"]] = uris[route["Target"]]
    return targets


def stages() -> list[dict[str, Any]]:
    client = boto3.client("apigatewayv2")
    return [
        {
            "name": stage["StageName"],
            "throttles": {key: value["ThrottlingRateLimit"] for key, value in stage["RouteSettings"].items()},
            "otherwise": stage["DefaultRouteSettings"]["ThrottlingRateLimit"],
            "accessLog": stage["AccessLogSettings"]["DestinationArn"],
        }
        for api in client.get_apis()["Items"]
        for stage in client.get_stages(ApiId=api["ApiId"])["Items"]
    ]


def schedules() -> list[dict[str, Any]]:
    client = boto3.client("scheduler")
    details = [client.get_schedule(Name=schedule["Name"]) for schedule in client.list_schedules()["Schedules"]]
    return [
        {
            "expression": schedule["ScheduleExpression"],
            "function": schedule["Target"]["Arn"].split(":")[-1],
            "role": schedule["Target"]["RoleArn"].split("/")[-1],
            "input": schedule["Target"]["Input"],
        }
        for schedule in details
    ]


def roles() -> dict[str, Any]:
    """Each role with who may assume it, and each action with what it may be done to."""
    client = boto3.client("iam")
    return {
        role["RoleName"]: {
            "for": [statement["Principal"]["Service"] for statement in role["AssumeRolePolicyDocument"]["Statement"]],
            "may": permissions(client, role["RoleName"]),
        }
        for role in client.list_roles()["Roles"]
    }


def permissions(client: Any, role: str) -> dict[str, str]:
    may: dict[str, str] = {}
    for name in client.list_role_policies(RoleName=role)["PolicyNames"]:
        document = client.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
        # moto sends what CloudFormation made as a literal of Python
        for statement in (ast.literal_eval(document) if isinstance(document, str) else document)["Statement"]:
            actions = statement["Action"]
            for action in [actions] if isinstance(actions, str) else actions:
                may[action] = statement["Resource"]
    return may


def alarms() -> list[dict[str, Any]]:
    return [
        {
            "name": alarm["AlarmName"],
            "metric": alarm.get("MetricName"),
            "dimensions": {dimension["Name"]: dimension["Value"] for dimension in alarm.get("Dimensions", [])},
            "period": alarm.get("Period"),
            "actions": alarm["AlarmActions"],
        }
        for alarm in boto3.client("cloudwatch").describe_alarms()["MetricAlarms"]
    ]


def log_groups() -> dict[str, int | None]:
    """Each group with the days that its lines are kept."""
    groups = boto3.client("logs").describe_log_groups()["logGroups"]
    return {group["logGroupName"]: group.get("retentionInDays") for group in groups}


def filters() -> dict[str, list[str]]:
    """The metrics that are counted in each group."""
    counted: dict[str, list[str]] = {}
    for entry in boto3.client("logs").describe_metric_filters()["metricFilters"]:
        metrics = [transformation["metricName"] for transformation in entry["metricTransformations"]]
        counted.setdefault(entry["logGroupName"], []).extend(metrics)
    return {group: sorted(metrics) for group, metrics in counted.items()}


def topics() -> list[dict[str, Any]]:
    client = boto3.client("sns")
    return [
        {
            "arn": topic["TopicArn"],
            "subscriptions": [
                subscription["Endpoint"]
                for subscription in client.list_subscriptions_by_topic(TopicArn=topic["TopicArn"])["Subscriptions"]
            ],
        }
        for topic in client.list_topics()["Topics"]
    ]


print(json.dumps(found()))
