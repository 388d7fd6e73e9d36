"""The types that moto's CloudFormation lacks and the deployment uses, although moto has their APIs.

Each resource is created by the call that AWS's own CloudFormation would make. boto3 checks the parameters of each call against
AWS's model of its API.
"""

import os
from dataclasses import dataclass
from typing import Any, Callable

import boto3
from botocore.exceptions import ClientError
from moto.core.common_models import CloudFormationModel

Properties = dict[str, Any]


@dataclass(frozen=True)
class ResourceType:
    """How one type is created and deleted. `create` returns the resource's id, which is what a Ref to it becomes."""

    service: str
    create: Callable[[Any, Properties], str]
    delete: Callable[[Any, str, Properties], Any]
    # the property that names the resource; CloudFormation makes a name where the template has none
    name: str = ""


def create_stage(client: Any, properties: Properties) -> str:
    """AWS refuses settings of a route that does not exist yet; moto does not."""
    routes = client.get_routes(ApiId=properties["ApiId"])["Items"]
    unknown = set(properties.get("RouteSettings", {})) - {route["RouteKey"] for route in routes}
    if unknown:
        raise ValueError(f"Unable to find Route by key {', '.join(sorted(unknown))} within the provided RouteSettings")
    return client.create_stage(**properties)["StageName"]


def put_alarm(client: Any, properties: Properties) -> str:
    client.put_metric_alarm(**properties)
    return properties["AlarmName"]


def put_filter(client: Any, properties: Properties) -> str:
    """The one API here whose parameters are not called as CloudFormation calls them."""
    client.put_metric_filter(
        filterName=properties["FilterName"],
        logGroupName=properties["LogGroupName"],
        filterPattern=properties["FilterPattern"],
        metricTransformations=[
            {name[0].lower() + name[1:]: value for name, value in transformation.items()}
            for transformation in properties["MetricTransformations"]
        ],
    )
    return properties["FilterName"]


def create_schedule(client: Any, properties: Properties) -> str:
    client.create_schedule(**properties)
    return properties["Name"]


def put_invoke_config(client: Any, properties: Properties) -> str:
    client.put_function_event_invoke_config(**{k: v for k, v in properties.items() if k != "Qualifier"})
    return properties["FunctionName"]


TYPES = {
    "AWS::ApiGatewayV2::Api": ResourceType(
        "apigatewayv2",
        lambda client, properties: client.create_api(**properties)["ApiId"],
        lambda client, id, _: client.delete_api(ApiId=id),
    ),
    "AWS::ApiGatewayV2::Integration": ResourceType(
        "apigatewayv2",
        lambda client, properties: client.create_integration(**properties)["IntegrationId"],
        lambda client, id, properties: client.delete_integration(ApiId=properties["ApiId"], IntegrationId=id),
    ),
    "AWS::ApiGatewayV2::Route": ResourceType(
        "apigatewayv2",
        lambda client, properties: client.create_route(**properties)["RouteId"],
        lambda client, id, properties: client.delete_route(ApiId=properties["ApiId"], RouteId=id),
    ),
    "AWS::ApiGatewayV2::Stage": ResourceType(
        "apigatewayv2",
        create_stage,
        lambda client, id, properties: client.delete_stage(ApiId=properties["ApiId"], StageName=id),
    ),
    "AWS::CloudWatch::Alarm": ResourceType(
        "cloudwatch", put_alarm, lambda client, id, _: client.delete_alarms(AlarmNames=[id]), name="AlarmName"
    ),
    "AWS::Logs::MetricFilter": ResourceType(
        "logs",
        put_filter,
        lambda client, id, properties: client.delete_metric_filter(
            logGroupName=properties["LogGroupName"], filterName=id
        ),
        name="FilterName",
    ),
    "AWS::Scheduler::Schedule": ResourceType(
        "scheduler", create_schedule, lambda client, id, _: client.delete_schedule(Name=id), name="Name"
    ),
    "AWS::Lambda::EventInvokeConfig": ResourceType(
        "lambda",
        put_invoke_config,
        lambda client, id, _: client.delete_function_event_invoke_config(FunctionName=id),
    ),
    # AWS::S3::BucketPolicy is left out: the deployment refuses what comes without TLS, and moto would take the refusal
    # without its condition
}


def client_for(service: str, region: str) -> Any:
    return boto3.client(
        service,
        region_name=region,
        endpoint_url=f"http://127.0.0.1:{os.environ['MOTO_PORT']}",
        aws_access_key_id="moto",
        aws_secret_access_key="moto",
    )


def add_type(name: str, kind: ResourceType) -> type:
    """moto finds the classes of CloudFormation's types as direct subclasses of this one."""

    class Resource(CloudFormationModel):
        # moto reads the service out of the module's name
        __module__ = f"moto.{kind.service}.deployment"

        def __init__(self, id: str, properties: Properties):
            self.physical_resource_id = id
            self.properties = properties

        @staticmethod
        def cloudformation_name_type() -> str:
            return kind.name

        @staticmethod
        def cloudformation_type() -> str:
            return name

        @classmethod
        def has_cfn_attr(cls, attr: str) -> bool:
            return False

        @classmethod
        def create_from_cloudformation_json(cls, resource_name, cloudformation_json, account_id, region_name, **_):
            properties = dict(cloudformation_json["Properties"])
            if kind.name:
                properties.setdefault(kind.name, resource_name)
            return cls(kind.create(client_for(kind.service, region_name), properties), properties)

        @classmethod
        def update_from_cloudformation_json(
            cls, original_resource, new_resource_name, cloudformation_json, account_id, region_name
        ):
            original_resource.delete(account_id, region_name)
            return cls.create_from_cloudformation_json(
                new_resource_name, cloudformation_json, account_id, region_name
            )

        def delete(self, account_id: str, region_name: str) -> None:
            try:
                kind.delete(client_for(kind.service, region_name), self.physical_resource_id, self.properties)
            except ClientError as error:
                # moto deletes in any order, and what was in an API or a log group goes with it
                if "NotFound" not in error.response["Error"]["Code"]:
                    raise

        def is_created(self) -> bool:
            return True

    return Resource


# kept here, for moto knows them only as long as they exist
CLASSES = [add_type(name, kind) for name, kind in TYPES.items()]
