// Right templates for one small configuration, written by hand: the self-test
// spoils them, one thing at a time. They use the intrinsic functions that
// Bakery uses, so that the resolver is tried as well.

export const config = {
  TeamName: "Team",
  BillingCode: "BC1",
  BakeryAccount: "111111111111",
  Defaults: { RequireMfa: true, MfaMaxAge: 3600, RequireSessionName: true, Tags: { Owner: "platform" } },
  Environments: [
    {
      Environment: "NonProd",
      Accounts: [
        { Id: "222222222222", Name: "Dev" },
        { Id: "033333333333", Name: "Stg" },
      ],
    },
    { Environment: "Prod", AccessTypes: ["ReadOnly"], Accounts: [{ Id: "444444444444", Name: "Prod" }] },
  ],
  AccessTypes: [
    {
      Type: "Admin",
      PolicyArn: "arn:aws:iam::aws:policy/AdministratorAccess",
      MachinePrincipals: ["arn:aws:iam::111111111111:role/ci"],
    },
    {
      Type: "ReadOnly",
      PolicyArns: ["arn:${Partition}:iam::aws:policy/ReadOnlyAccess", "arn:${Partition}:iam::${AccountId}:policy/Own"],
      SourceIdentity: true,
      SessionTags: ["Reason"],
      RolePath: "/team/",
      MaxSessionDuration: 7200,
    },
  ],
};

const TAGS = [{ Key: "Owner", Value: "platform" }];
const OWN_USER = [
  { "Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:user/${!aws:username}" },
  { "Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:user/*/${!aws:username}" },
];
const OWN_DEVICE = { "Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:mfa/${!aws:username}" };
const ENROL = ["iam:CreateVirtualMFADevice", "iam:EnableMFADevice"];
const policy = (Statement) => ({ Version: "2012-10-17", Statement });

function stack() {
  const nested = (file) => ({
    Type: "AWS::CloudFormation::Stack",
    Properties: {
      TemplateURL: {
        "Fn::Sub": `https://\${CloudFormationS3Bucket}.s3.\${AWS::Region}.\${AWS::URLSuffix}/\${TemplateKeyPrefix}${file}`,
      },
      Parameters: { TeamName: { Ref: "TeamName" } },
    },
  });
  return {
    Parameters: {
      TeamName: { Type: "String", Default: "Team" },
      CloudFormationS3Bucket: { Type: "String" },
      TemplateKeyPrefix: { Type: "String", Default: "" },
    },
    Resources: { BakeryAccount: nested("bakery_account.json"), BakeryEnvironment: nested("bakery_env.json") },
  };
}

function account() {
  const group = (name, awsPolicy) => ({
    Type: "AWS::IAM::Group",
    Properties: {
      GroupName: { "Fn::Join": ["", [{ Ref: "TeamName" }, name]] },
      ManagedPolicyArns: [{ "Fn::Sub": `arn:\${AWS::Partition}:iam::aws:policy/${awsPolicy}` }],
    },
  });
  const managed = (name, groups, statements) => ({
    Type: "AWS::IAM::ManagedPolicy",
    Properties: {
      ManagedPolicyName: { "Fn::Sub": `\${TeamName}${name}` },
      Groups: groups.map((g) => ({ Ref: g })),
      PolicyDocument: policy(statements),
    },
  });
  return {
    Parameters: { TeamName: { Type: "String" } },
    Resources: {
      BakeryAdminsGroup: group("AwsBakeryAdmin", "AdministratorAccess"),
      BakeryUsersGroup: group("AwsBakeryReadOnly", "IAMReadOnlyAccess"),
      BakeryUsersPolicy: managed(
        "AwsBakeryUsers",
        ["BakeryUsersGroup"],
        [
          {
            Effect: "Allow",
            Action: [
              "iam:ChangePassword",
              "iam:*AccessKey*",
              "iam:EnableMFADevice",
              "iam:ResyncMFADevice",
              "iam:DeactivateMFADevice",
            ],
            Resource: OWN_USER,
          },
          {
            Effect: "Allow",
            Action: ["iam:CreateVirtualMFADevice", "iam:DeleteVirtualMFADevice"],
            Resource: OWN_DEVICE,
          },
          { Effect: "Allow", Action: ["iam:ListVirtualMFADevices", "iam:GetAccountPasswordPolicy"], Resource: "*" },
        ],
      ),
      MfaPolicy: managed(
        "AwsBakeryMfa",
        ["BakeryUsersGroup", "BakeryAdminsGroup"],
        [
          {
            Effect: "Deny",
            NotAction: [...ENROL, "iam:ListMFADevices", "sts:GetSessionToken"],
            Resource: "*",
            Condition: { BoolIfExists: { "aws:MultiFactorAuthPresent": "false" } },
          },
          {
            Effect: "Deny",
            Action: ENROL,
            Resource: "*",
            Condition: { Null: { "aws:MultiFactorAuthPresent": "true" } },
          },
        ],
      ),
    },
  };
}

const ADMIN_ROLES = [
  "arn:aws:iam::222222222222:role/Dev-NonProd-Admin",
  "arn:aws:iam::033333333333:role/Stg-NonProd-Admin",
];
const READERS = {
  NonProd: [
    "arn:aws:iam::222222222222:role/team/Dev-NonProd-ReadOnly",
    "arn:aws:iam::033333333333:role/team/Stg-NonProd-ReadOnly",
  ],
  Prod: ["arn:aws:iam::444444444444:role/team/Prod-Prod-ReadOnly"],
};

function environments() {
  const both = (name, statements) => ({
    [`Group${name}`]: { Type: "AWS::IAM::Group", Properties: { GroupName: { "Fn::Sub": `\${TeamName}${name}` } } },
    [`Policy${name}`]: {
      Type: "AWS::IAM::ManagedPolicy",
      Properties: {
        ManagedPolicyName: { "Fn::Sub": `\${TeamName}${name}` },
        Groups: [{ Ref: `Group${name}` }],
        PolicyDocument: policy(statements),
      },
    },
  });
  const assume = (arns) => ({ Effect: "Allow", Action: "sts:AssumeRole", Resource: arns });
  const readOnly = (arns) => [
    assume(arns),
    {
      Effect: "Allow",
      Action: "sts:SetSourceIdentity",
      Resource: arns,
      Condition: { StringEquals: { "sts:SourceIdentity": "${aws:username}" } },
    },
    {
      Effect: "Allow",
      Action: "sts:TagSession",
      Resource: arns,
      Condition: { "ForAllValues:StringEquals": { "aws:TagKeys": ["Reason"] } },
    },
  ];
  return {
    Parameters: { TeamName: { Type: "String" } },
    Resources: {
      ...both("NonProdAdmin", [assume(ADMIN_ROLES)]),
      ...both("NonProdReadOnly", readOnly(READERS.NonProd)),
      ...both("ProdReadOnly", readOnly(READERS.Prod)),
    },
  };
}

function burger() {
  const bakery = { AWS: { "Fn::Sub": "arn:${AWS::Partition}:iam::${BakeryAccount}:root" } };
  const person = {
    Bool: { "aws:MultiFactorAuthPresent": "true" },
    NumericLessThan: { "aws:MultiFactorAuthAge": "3600" },
    StringEquals: { "sts:RoleSessionName": "${aws:username}" },
  };
  const allow = (Action, Condition) => ({ Effect: "Allow", Principal: bakery, Action, Condition });
  const machine = {
    Effect: "Allow",
    Principal: { AWS: { "Fn::Sub": "arn:${AWS::Partition}:iam::${BakeryAccount}:role/ci" } },
    Action: "sts:AssumeRole",
  };
  const role = (type, statements, rest) => ({
    Type: "AWS::IAM::Role",
    Properties: {
      RoleName: { "Fn::Sub": `\${AccountName}-\${Environment}-${type}` },
      AssumeRolePolicyDocument: policy(statements),
      ...rest,
    },
  });
  const own = [
    "arn:${AWS::Partition}:iam::aws:policy/ReadOnlyAccess",
    "arn:${AWS::Partition}:iam::${AWS::AccountId}:policy/Own",
  ].map((arn) => ({ "Fn::Sub": arn }));
  return {
    Parameters: {
      BakeryAccount: { Type: "String", Default: config.BakeryAccount, AllowedPattern: "^[0-9]{12}$" },
      AccountName: { Type: "String" },
      Environment: { Type: "String", AllowedValues: ["NonProd", "Prod"] },
    },
    Conditions: { HasAdmin: { "Fn::Not": [{ "Fn::Equals": [{ Ref: "Environment" }, "Prod"] }] } },
    Resources: {
      RoleAdmin: {
        Condition: "HasAdmin",
        ...role("Admin", [allow("sts:AssumeRole", person), machine], {
          Tags: TAGS,
          ManagedPolicyArns: ["arn:aws:iam::aws:policy/AdministratorAccess"],
        }),
      },
      RoleReadOnly: role(
        "ReadOnly",
        [
          allow("sts:AssumeRole", person),
          allow("sts:SetSourceIdentity", { StringEquals: { "sts:SourceIdentity": "${aws:username}" } }),
          allow("sts:TagSession", { "ForAllValues:StringEquals": { "aws:TagKeys": ["Reason"] } }),
        ],
        { Path: "/team/", MaxSessionDuration: 7200, ManagedPolicyArns: own, Tags: TAGS },
      ),
    },
  };
}

// A new copy at each call, to be spoilt freely.
export function rightTemplates() {
  const templates = {
    "bakery_stack.json": stack(),
    "bakery_account.json": account(),
    "bakery_env.json": environments(),
    "burger_account.json": burger(),
  };
  return structuredClone(templates);
}
