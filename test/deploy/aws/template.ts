import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageService } from '../../bundles/bundles.ts';

/** A statement of a policy, as the template has it. */
export interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
}

/** As much of a resource's properties as the tests read. */
export interface Properties {
  readonly [name: string]: unknown;
  readonly FilterPattern?: string;
  readonly Policies?: readonly { readonly PolicyDocument: { readonly Statement: readonly Statement[] } }[];
  readonly Target?: { readonly Input?: string };
  readonly Environment?: { readonly Variables: unknown };
}

interface Resource {
  readonly Type: string;
  readonly Properties: Properties;
  readonly DependsOn?: string | readonly string[];
}

export interface Template {
  readonly folder: string;
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly all: Readonly<Record<string, Resource>>;
  readonly ofType: (type: string) => readonly (readonly [string, Resource])[];
  readonly propertiesOf: (name: string) => Properties | undefined;
  readonly remove: () => void;
}

/** Packages this project for the stage `prod`, and reads the template that a deployment would send. */
export async function readTemplate(
  environment: Readonly<Record<string, string>>,
  params: readonly string[] = [],
): Promise<Template> {
  const { folder, remove } = await packageService(environment, 'prod', params);
  const text = readFileSync(join(folder, 'cloudformation-template-update-stack.json'), 'utf8');
  const { Resources: all, Outputs: outputs } = JSON.parse(text) as {
    readonly Resources: Readonly<Record<string, Resource>>;
    readonly Outputs: Readonly<Record<string, unknown>>;
  };
  return {
    folder,
    outputs,
    all,
    ofType: (type) => Object.entries(all).filter(([, { Type }]) => Type === type),
    propertiesOf: (name) => all[name]?.Properties,
    remove,
  };
}
