// A small CloudFormation: turns generated templates into the groups and roles
// that AWS would make of them.
//
// It knows the intrinsic functions and resource types that Bakery generates and
// refuses everything else, so that nothing is ever passed over in silence.

import { readFileSync } from "node:fs";
import { basename, join } from "node:path";

const NO_VALUE = Symbol("AWS::NoValue");
const SECTIONS = [
  "AWSTemplateFormatVersion",
  "Description",
  "Metadata",
  "Parameters",
  "Mappings",
  "Conditions",
  "Resources",
  "Outputs",
];
const ATTRIBUTES = [
  "Type",
  "Properties",
  "Condition",
  "DependsOn",
  "Metadata",
  "DeletionPolicy",
  "UpdateReplacePolicy",
];
const TYPES = ["AWS::IAM::Group", "AWS::IAM::ManagedPolicy", "AWS::IAM::Role", "AWS::CloudFormation::Stack"];

const FUNCTIONS = {
  Ref: (scope, name) => scope.ref(name),
  Condition: (scope, name) => scope.condition(name),
  "Fn::Sub": (scope, argument) => substitute(scope, argument),
  "Fn::Join": (scope, [separator, list]) => scope.resolve(list).join(separator),
  "Fn::Select": (scope, [index, list]) => scope.resolve(list)[Number(scope.resolve(index))],
  "Fn::Split": (scope, [separator, text]) => scope.resolve(text).split(separator),
  "Fn::If": (scope, [name, yes, no]) => scope.resolve(scope.condition(name) ? yes : no),
  "Fn::Equals": (scope, [a, b]) => String(scope.resolve(a)) === String(scope.resolve(b)),
  "Fn::And": (scope, list) => scope.resolve(list).every(isTrue),
  "Fn::Or": (scope, list) => scope.resolve(list).some(isTrue),
  "Fn::Not": (scope, [value]) => !isTrue(scope.resolve(value)),
  "Fn::FindInMap": (scope, argument) => findInMap(scope, scope.resolve(argument)),
  "Fn::GetAtt": (scope, argument) => scope.attribute(...(Array.isArray(argument) ? argument : argument.split("."))),
};

function isTrue(value) {
  if (typeof value !== "boolean") throw new Error(`a condition gave ${JSON.stringify(value)}`);
  return value;
}

function substitute(scope, argument) {
  const [text, variables] = Array.isArray(argument) ? argument : [argument, {}];
  return text.replace(/\$\{([^}]*)\}/g, (whole, name) => {
    if (name.startsWith("!")) return `\${${name.slice(1)}}`;
    if (Object.hasOwn(variables, name)) return scope.resolve(variables[name]);
    return name.includes(".") ? scope.attribute(...name.split(/\.(.*)/s)) : scope.ref(name);
  });
}

function findInMap(scope, [map, first, second]) {
  const value = scope.template.Mappings?.[map]?.[first]?.[second];
  if (value === undefined) throw new Error(`no mapping ${map}.${first}.${second}`);
  return value;
}

// One template with its parameters. pseudo holds AWS::AccountId, AWS::Partition and so on.
class Scope {
  constructor(template, given, pseudo, openNested) {
    refuseUnknown("section", Object.keys(template), SECTIONS);
    this.template = template;
    this.pseudo = pseudo;
    this.openNested = openNested;
    this.parameters = takeParameters(template.Parameters ?? {}, given);
    this.nested = new Map();
  }

  resolve(value) {
    if (Array.isArray(value)) return value.map((v) => this.resolve(v)).filter((v) => v !== NO_VALUE);
    if (value === null || typeof value !== "object") return value;
    const keys = Object.keys(value);
    if (
      keys.length === 1 &&
      (keys[0] === "Ref" || keys[0].startsWith("Fn::") || this.isConditionName(keys[0], value[keys[0]]))
    )
      return this.call(keys[0], value[keys[0]]);
    return Object.fromEntries(keys.map((k) => [k, this.resolve(value[k])]).filter(([, v]) => v !== NO_VALUE));
  }

  // {"Condition": "Name"} is a function, {"Condition": {...}} an element of a policy.
  isConditionName(key, value) {
    return key === "Condition" && typeof value === "string";
  }

  call(name, argument) {
    if (!Object.hasOwn(FUNCTIONS, name)) throw new Error(`unknown intrinsic function ${name}`);
    return FUNCTIONS[name](this, argument);
  }

  condition(name) {
    if (!Object.hasOwn(this.template.Conditions ?? {}, name)) throw new Error(`unknown condition ${name}`);
    return isTrue(this.resolve(this.template.Conditions[name]));
  }

  ref(name) {
    if (name === "AWS::NoValue") return NO_VALUE;
    if (Object.hasOwn(this.parameters, name)) return this.parameters[name];
    if (Object.hasOwn(this.pseudo, name)) return this.pseudo[name];
    const resource = this.resource(name);
    return resource.Type === "AWS::IAM::ManagedPolicy"
      ? this.arn(resource)
      : resource.Properties[nameProperty(resource)];
  }

  attribute(name, attribute) {
    const resource = this.resource(name);
    if (resource.Type === "AWS::CloudFormation::Stack" && attribute.startsWith("Outputs."))
      return this.stack(name).output(attribute.slice("Outputs.".length));
    if (attribute === "Arn" || attribute === "PolicyArn") return this.arn(resource);
    throw new Error(`unknown attribute ${name}.${attribute}`);
  }

  output(name) {
    if (!Object.hasOwn(this.template.Outputs ?? {}, name)) throw new Error(`unknown output ${name}`);
    return this.resolve(this.template.Outputs[name].Value);
  }

  // Undefined when the resource's condition does not hold: AWS then makes nothing.
  find(name) {
    const resource = this.template.Resources[name];
    refuseUnknown("attribute", Object.keys(resource), ATTRIBUTES);
    refuseUnknown("resource type", [resource.Type], TYPES);
    if (resource.Condition !== undefined && !this.condition(resource.Condition)) return undefined;
    return { Type: resource.Type, Properties: this.resolve(resource.Properties ?? {}) };
  }

  resource(name) {
    const found = Object.hasOwn(this.template.Resources, name) ? this.find(name) : undefined;
    if (!found) throw new Error(`reference to ${name}, which does not exist`);
    return found;
  }

  arn({ Type, Properties }) {
    const kind = { "AWS::IAM::Group": "group", "AWS::IAM::ManagedPolicy": "policy", "AWS::IAM::Role": "role" }[Type];
    return `arn:${this.pseudo["AWS::Partition"]}:iam::${this.pseudo["AWS::AccountId"]}:${kind}${Properties.Path ?? "/"}${Properties[nameProperty({ Type })]}`;
  }

  stack(name) {
    if (!this.nested.has(name)) {
      const { TemplateURL, Parameters } = this.resource(name).Properties;
      this.nested.set(
        name,
        new Scope(this.openNested(decodeURIComponent(basename(TemplateURL))), Parameters ?? {}, this.pseudo, this.openNested),
      );
    }
    return this.nested.get(name);
  }

  // Every resource of this template and of those nested in it.
  resources() {
    return Object.keys(this.template.Resources).flatMap((logicalId) => {
      const resource = this.find(logicalId);
      if (resource?.Type === "AWS::CloudFormation::Stack") return this.stack(logicalId).resources();
      return resource ? [{ ...resource, logicalId, arn: this.arn(resource) }] : [];
    });
  }
}

function nameProperty({ Type }) {
  return {
    "AWS::IAM::Group": "GroupName",
    "AWS::IAM::ManagedPolicy": "ManagedPolicyName",
    "AWS::IAM::Role": "RoleName",
  }[Type];
}

function refuseUnknown(what, found, known) {
  for (const name of found) if (!known.includes(name)) throw new Error(`unknown ${what} ${name}`);
}

function takeParameters(declared, given) {
  refuseUnknown("parameter", Object.keys(given), Object.keys(declared));
  return Object.fromEntries(
    Object.entries(declared).map(([name, parameter]) => {
      const value = given[name] ?? parameter.Default;
      if (value === undefined) throw new Error(`parameter ${name} has no value`);
      checkParameter(name, parameter, String(value));
      return [name, parameter.Type === "CommaDelimitedList" ? String(value).split(",") : String(value)];
    }),
  );
}

function checkParameter(name, { AllowedValues, AllowedPattern, MinLength, MaxLength }, value) {
  const fits =
    (!AllowedValues || AllowedValues.map(String).includes(value)) &&
    (!AllowedPattern || new RegExp(`^(?:${AllowedPattern})$`).test(value)) &&
    value.length >= Number(MinLength ?? 0) &&
    value.length <= Number(MaxLength ?? 4096);
  if (!fits) throw new Error(`parameter ${name}: "${value}" is not allowed`);
}

// Reads the generated folder; a template is parsed once, however often it is deployed.
export function openFolder(folder) {
  const parsed = new Map();
  return (file) => {
    if (!parsed.has(file)) parsed.set(file, JSON.parse(readFileSync(join(folder, file), "utf8")));
    return parsed.get(file);
  };
}

export function pseudoParameters(account, partition) {
  return {
    "AWS::AccountId": account,
    "AWS::Partition": partition,
    "AWS::Region": { "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1" }[partition] ?? "ap-southeast-2",
    "AWS::URLSuffix": partition === "aws-cn" ? "amazonaws.com.cn" : "amazonaws.com",
    "AWS::StackName": "stack",
    "AWS::StackId": `arn:${partition}:cloudformation:region:${account}:stack/stack/id`,
  };
}

// The stack's IAM groups and roles, each with the documents that apply to it.
export function deploy(open, file, parameters, pseudo) {
  const declared = open(file).Parameters ?? {};
  const wanted = Object.fromEntries(Object.entries(parameters).filter(([name]) => Object.hasOwn(declared, name)));
  const resources = new Scope(open(file), wanted, pseudo, open).resources();
  const ofType = (type) => resources.filter((r) => r.Type === type);
  const policies = ofType("AWS::IAM::ManagedPolicy").map(asPolicy);
  return {
    policies,
    groups: ofType("AWS::IAM::Group").map((g) => asGroup(g, policies)),
    roles: ofType("AWS::IAM::Role").map((r) => asRole(r, policies)),
  };
}

function asPolicy({ arn, logicalId, Properties: p }) {
  refuseUnknown(
    "policy target",
    Object.keys(p).filter((k) => k === "Users"),
    [],
  );
  return {
    arn,
    logicalId,
    name: p.ManagedPolicyName,
    document: p.PolicyDocument,
    groups: p.Groups ?? [],
    roles: p.Roles ?? [],
  };
}

function attached(arns, policies, kind, name) {
  const own = policies.filter((p) => p[kind].includes(name) || arns.includes(p.arn));
  return { own, foreign: arns.filter((arn) => !own.some((p) => p.arn === arn)) };
}

function inlineOf(properties) {
  return (properties.Policies ?? []).map((p) => ({ name: p.PolicyName, document: p.PolicyDocument }));
}

function asGroup({ arn, Properties: p }, policies) {
  const { own, foreign } = attached(p.ManagedPolicyArns ?? [], policies, "groups", p.GroupName);
  return { arn, name: p.GroupName, policies: own, awsPolicies: foreign, inline: inlineOf(p) };
}

function asRole({ arn, logicalId, Properties: p }, policies) {
  const { own, foreign } = attached(p.ManagedPolicyArns ?? [], policies, "roles", p.RoleName);
  return {
    arn,
    logicalId,
    name: p.RoleName,
    path: p.Path ?? "/",
    trust: p.AssumeRolePolicyDocument,
    policyArns: [...own.map((o) => o.arn), ...foreign],
    inline: inlineOf(p),
    boundary: p.PermissionsBoundary,
    tags: Object.fromEntries((p.Tags ?? []).map((t) => [t.Key, t.Value])),
    maxSessionDuration: Number(p.MaxSessionDuration ?? 3600),
  };
}
