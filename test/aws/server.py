"""Starts moto, which plays AWS on loopback: `server.py PORT`. What it does other than AWS, and would stop or hide something in a
deployment, is put right here.
"""

import os
import sys
from typing import Any

# moto finds the types of CloudFormation by having them loaded
import cloudformation_types  # noqa: F401
from moto.cloudformation.models import ChangeSet, CloudFormationBackend, cloudformation_backends
from moto.cloudformation.parsing import ResourceMap
from moto.cloudformation.utils import validate_template_cfn_lint
from moto.server import main


def validate_like_aws(self: CloudFormationBackend, template: str) -> list[Any]:
    """AWS refuses a template for errors only; moto would for cfn-lint's warnings too, which are looked at by themselves."""
    return [match for match in validate_template_cfn_lint(template) if match.rule.id.startswith("E")]


def diff_in_order(self: ResourceMap, template: dict[str, Any], *rest: Any) -> dict[str, Any]:
    """AWS adds a resource after those that it depends on; moto does so for a new stack only."""
    ordered: list[str] = []

    def visit(name: str) -> None:
        depends_on = template["Resources"][name].get("DependsOn", [])
        for other in [depends_on] if isinstance(depends_on, str) else depends_on:
            visit(other)
        if name not in ordered:
            ordered.append(name)

    diff = build_diff(self, template, *rest)
    for name in template["Resources"]:
        visit(name)
    return {**diff, "Add": [name for name in ordered if name in diff["Add"]]}


def apply_with_outputs(self: ChangeSet) -> None:
    """AWS tells the outputs and exports of the template that was deployed last; moto those of the first one."""
    apply(self)
    self.stack.template_dict = self.template_dict
    self.stack.output_map = self.stack._create_output_map()
    backend = cloudformation_backends[self.stack.account_id][self.stack.region_name]
    backend.exports.update({export.name: export for export in self.stack.exports})


build_diff = ResourceMap.build_resource_diff
apply = ChangeSet.apply
CloudFormationBackend.validate_template = validate_like_aws
ResourceMap.build_resource_diff = diff_in_order
ChangeSet.apply = apply_with_outputs

if __name__ == "__main__":
    os.environ["MOTO_PORT"] = sys.argv[1]
    main(["-H", "127.0.0.1", "-p", sys.argv[1]])
