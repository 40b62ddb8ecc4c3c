/* Facts from templates. */
#include <string.h>

#include "deploy/facts_making.h"

/* One template that is being read. */
struct reading {
        struct facts *facts;
        const struct resolve_scope *scope;
        struct map things;  /* groups and roles of this template, by "<Ref LogicalId>" */
        size_t first_group; /* of this template, among the facts */
        size_t first_role;
        const char *resource; /* that is read */
        const char *problem;  /* with it; NULL: there is none, or memory is gone */
};

static void clear_reading(struct reading *in)
{
        bakery__map_clear(&in->things);
}
DEFINE_AUTO_CLEAR(reading, clear_reading)

/* A resource with its properties worked out. */
struct resource {
        const char *logical_id;
        const char *reference; /* "<Ref LogicalId>", as resolve.h writes what names it */
        const struct cJSON *properties;
};

/* A group or a role that a reference means. */
struct thing {
        struct fact_group *group;
        struct fact_role *role;
};

static const char *text_of(const struct resource *resource, const char *key)
{
        return bakery__json_text_of(bakery__json_get(resource->properties, key));
}

static const char *text_or(const char *text, const char *otherwise)
{
        return text ? text : otherwise;
}

enum { NAME_AT_MOST = 512, LOGICAL_ID_AT_MOST = 255 };

/* The name of a group or role. One that IAM would not take is as one that cannot be known. */
static const char *name_of(const struct resource *resource, const char *key)
{
        const char *name = text_of(resource, key);

        return name && strlen(name) <= NAME_AT_MOST ? name : resource->reference;
}

static const char *copy(struct reading *in, const char *text)
{
        return bakery__arena_copy(&in->facts->arena, bakery__span(text));
}

static bool remember(struct reading *in, const char *reference, struct fact_group *group, struct fact_role *role)
{
        struct thing *thing = bakery__arena_alloc(&in->facts->arena, sizeof *thing);

        if (!thing)
                return false;
        *thing = (struct thing){ group, role };
        return bakery__map_add(&in->things, bakery__span(reference), thing, NULL) != MAP_NO_MEMORY;
}

/* Policies written into the group or role itself. One that cannot be known is a document that cannot be known. */
static bool read_inline(struct reading *in, const struct resource *resource, const struct thing *thing)
{
        const struct cJSON *policies = bakery__json_get(resource->properties, "Policies");

        for (const struct cJSON *each = bakery__facts_first(policies); each;
             each = bakery__facts_next(policies, each)) {
                bool known = bakery__json_kind(each) == JSON_OBJECT;
                const char *name = text_or(bakery__json_text_of(bakery__json_get(each, "PolicyName")), "");
                const struct cJSON *document = known ? bakery__json_get(each, "PolicyDocument") : each;
                bool done = thing->group ? bakery__facts_allow_group(in->facts, thing->group, name, document)
                                         : bakery__facts_allow_role(in->facts, thing->role, name, document);

                if (!done)
                        return false;
        }
        return true;
}

static bool read_attached(struct reading *in, const struct resource *resource, const struct thing *thing)
{
        const struct cJSON *arns = bakery__json_get(resource->properties, "ManagedPolicyArns");

        for (const struct cJSON *each = bakery__facts_first(arns); each; each = bakery__facts_next(arns, each)) {
                const char *arn = text_or(bakery__json_text_of(each), "");
                bool done = thing->group ? bakery__facts_attach_to_group(in->facts, thing->group, arn)
                                         : bakery__facts_attach_to_role(in->facts, thing->role, arn);

                if (!done)
                        return false;
        }
        return true;
}

static bool read_group(struct reading *in, const struct resource *resource)
{
        struct fact_group *group = bakery__facts_new_group(in->facts, name_of(resource, "GroupName"),
                                                           text_or(text_of(resource, "Path"), "/"));

        if (!group)
                return false;
        const struct thing thing = { .group = group };
        group->logical_id = copy(in, resource->logical_id);
        group->stack = copy(in, text_or(in->scope->stack_name, ""));
        return group->logical_id && group->stack && remember(in, resource->reference, group, NULL) &&
               read_attached(in, resource, &thing) && read_inline(in, resource, &thing);
}

/* A number, or the text of one; it stays as it is when there is none. False: it cannot be known. */
static bool read_number(const struct cJSON *value, unsigned *number)
{
        enum { DIGITS_AT_MOST = 9 };
        const char *text = bakery__json_text_of(value);
        long long whole;

        if (!value)
                return true;
        if (bakery__json_whole_number_of(value, &whole) && whole > 0 && whole <= UINT32_MAX) {
                *number = (unsigned)whole;
                return true;
        }
        if (!text || !*text || strlen(text) > DIGITS_AT_MOST || text[strspn(text, "0123456789")])
                return false;
        *number = (unsigned)strtoul(text, NULL, 10);
        return true;
}

static bool read_role(struct reading *in, const struct resource *resource)
{
        const struct resolve_scope *scope = in->scope;
        struct fact_role *role =
                bakery__facts_new_role(in->facts, scope->partition, scope->account_id, name_of(resource, "RoleName"),
                                       text_or(text_of(resource, "Path"), "/"));
        const char *boundary = text_of(resource, "PermissionsBoundary");

        if (!role)
                return false;
        const struct thing thing = { .role = role };
        role->logical_id = copy(in, resource->logical_id);
        role->stack = copy(in, text_or(scope->stack_name, ""));
        role->boundary = boundary ? copy(in, boundary) : NULL;
        if (!read_number(bakery__json_get(resource->properties, "MaxSessionDuration"), &role->max_session_duration_s)) {
                in->problem = "its MaxSessionDuration cannot be worked out here";
                return false;
        }
        return role->logical_id && role->stack && (!boundary || role->boundary) &&
               remember(in, resource->reference, NULL, role) && read_attached(in, resource, &thing) &&
               read_inline(in, resource, &thing) &&
               bakery__facts_trust(in->facts, role, scope->partition,
                                   bakery__json_get(resource->properties, "AssumeRolePolicyDocument"));
}

static bool read_function(struct reading *in, const struct resource *resource)
{
        struct fact_function *function = bakery__facts_new_function(in->facts, name_of(resource, "FunctionName"));
        const struct cJSON *variables =
                bakery__json_get(bakery__json_get(resource->properties, "Environment"), "Variables");
        const char *ours = bakery__json_text_of(bakery__json_get(variables, "BAKERY_ADMIN_GROUPS"));
        const char *old = bakery__json_text_of(bakery__json_get(variables, "adminGroups"));

        if (!function)
                return false;
        function->runtime = copy(in, text_or(text_of(resource, "Runtime"), ""));
        function->admin_groups = copy(in, text_or(ours, text_or(old, "")));
        return function->runtime && function->admin_groups;
}

/* What a policy is attached to; NULL with in->problem when IAM has no such name. */
static const char *target_name(struct reading *in, const struct cJSON *target)
{
        const char *name = bakery__json_text_of(target);

        if (name && strlen(name) <= NAME_AT_MOST)
                return name;
        in->problem = "it is attached to something that has no name";
        return NULL;
}

/*
 * The group that a policy's "Groups" names, by reference or by name. One of another stack, or of nobody's, is made
 * here: what its members gain must be seen. NULL: no memory.
 */
static struct fact_group *group_named(struct reading *in, const struct cJSON *target)
{
        const char *name = target_name(in, target);
        const struct thing *thing = name ? bakery__map_get(&in->things, bakery__span(name)) : NULL;

        if (!name)
                return NULL;
        struct fact_group *group = thing ? thing->group : bakery__facts_group(in->facts, name);
        return group ? group : bakery__facts_new_group(in->facts, name, "/");
}

static struct fact_role *role_named(struct reading *in, const struct cJSON *target)
{
        const struct resolve_scope *scope = in->scope;
        const char *name = target_name(in, target);
        const struct thing *thing = name ? bakery__map_get(&in->things, bakery__span(name)) : NULL;

        if (!name)
                return NULL;
        struct fact_role *role = thing ? thing->role : bakery__facts_role(in->facts, scope->account_id, name);
        return role ? role : bakery__facts_new_role(in->facts, scope->partition, scope->account_id, name, "/");
}

/* Takes the reference to the policy out of the ARNs that are attached: it is told by what it says. */
static bool detach(struct fact_texts *managed, const struct resource *policy)
{
        for (size_t i = 0; i < managed->count; i++) {
                if (strcmp(managed->at[i], policy->reference) == 0) {
                        memmove(&managed->at[i], &managed->at[i + 1], (managed->count - i - 1) * sizeof *managed->at);
                        managed->count--;
                        return true;
                }
        }
        return false;
}

/* A managed policy, or an inline one that stands as a resource of its own. */
static bool read_policy(struct reading *in, const struct resource *resource)
{
        struct facts *facts = in->facts;
        const char *name = text_or(text_of(resource, "ManagedPolicyName"),
                                   text_or(text_of(resource, "PolicyName"), resource->reference));
        const struct cJSON *document = bakery__json_get(resource->properties, "PolicyDocument");
        const struct cJSON *groups = bakery__json_get(resource->properties, "Groups");
        const struct cJSON *roles = bakery__json_get(resource->properties, "Roles");
        bool done = true;

        for (const struct cJSON *each = bakery__facts_first(groups); each && done;
             each = bakery__facts_next(groups, each)) {
                struct fact_group *group = group_named(in, each);

                done = group && bakery__facts_allow_group(facts, group, name, document);
        }
        for (const struct cJSON *each = bakery__facts_first(roles); each && done;
             each = bakery__facts_next(roles, each)) {
                struct fact_role *role = role_named(in, each);

                done = role && bakery__facts_allow_role(facts, role, name, document);
        }
        for (size_t i = in->first_group; i < facts->n_groups && done; i++)
                if (detach(&facts->groups[i]->managed, resource))
                        done = bakery__facts_allow_group(facts, facts->groups[i], name, document);
        for (size_t i = in->first_role; i < facts->n_roles && done; i++)
                if (detach(&facts->roles[i]->managed, resource))
                        done = bakery__facts_allow_role(facts, facts->roles[i], name, document);
        return done;
}

typedef bool read_resource(struct reading *in, const struct resource *resource);

/* Policies come last: they name groups and roles. */
enum { PASSES = 2 };
static const struct {
        const char *type;
        read_resource *read;
        int pass;
} types[] = {
        { "AWS::IAM::Group", read_group, 0 },          { "AWS::IAM::Role", read_role, 0 },
        { "AWS::Lambda::Function", read_function, 0 }, { "AWS::IAM::ManagedPolicy", read_policy, 1 },
        { "AWS::IAM::Policy", read_policy, 1 },
};

static read_resource *reader_of(const struct cJSON *resource, int pass)
{
        const char *type = bakery__json_text_of(bakery__json_get(resource, "Type"));

        for (size_t i = 0; i < N_ELEMENTS(types) && type; i++)
                if (pass == types[i].pass && strcmp(type, types[i].type) == 0)
                        return types[i].read;
        return NULL;
}

/* Whether the resource is there; in->problem is set when that cannot be known. */
static bool is_there(struct reading *in, const struct cJSON *resource)
{
        const char *condition = bakery__json_text_of(bakery__json_get(resource, "Condition"));
        enum resolve_answer answer = condition ? bakery__resolve_condition(in->scope, condition) : RESOLVE_YES;

        if (answer == RESOLVE_UNKNOWN)
                in->problem = "its condition cannot be worked out here";
        return answer != RESOLVE_NO;
}

static bool read_with(struct reading *in, const struct cJSON *resource, read_resource *read)
{
        const char *logical_id = bakery__json_key(resource);
        const struct cJSON *written = bakery__json_get(resource, "Properties");
        const char *reference = bakery__arena_format(&in->facts->arena, "<Ref %s>", logical_id);
        AUTO_CLEAR(json) json = { 0 };
        struct cJSON *list = bakery__json_root_array(&json);

        if (written)
                bakery__resolve(&json, list, NULL, in->scope, written);
        if (json.no_memory || !reference)
                return false;
        const struct resource found = { logical_id, reference, bakery__json_first(list) };
        return read(in, &found);
}

static bool read_resources(struct reading *in)
{

        const struct cJSON *resources = bakery__json_get(in->scope->template, "Resources");

        for (int pass = 0; pass < PASSES; pass++) {
                for (const struct cJSON *each = bakery__json_first(resources); each; each = bakery__json_next(each)) {
                        read_resource *read = reader_of(each, pass);

                        in->resource = bakery__json_key(each);
                        if (read && strlen(in->resource) > LOGICAL_ID_AT_MOST)
                                in->problem = "its logical id is longer than CloudFormation takes";
                        if (!read || !is_there(in, each))
                                continue;
                        if (in->problem || !read_with(in, each, read))
                                return false;
                }
        }
        return true;
}

static bool read_environments(struct reading *in)
{
        const struct cJSON *parameters = bakery__json_get(in->scope->template, "Parameters");
        const struct cJSON *allowed = bakery__json_get(bakery__json_get(parameters, "Environment"), "AllowedValues");

        for (const struct cJSON *each = bakery__json_first(allowed); each; each = bakery__json_next(each)) {
                const char *name = bakery__json_text_of(each);

                if (name && !bakery__facts_add_text(in->facts, &in->facts->environments, name))
                        return false;
        }
        return true;
}

bakery_status bakery__facts_add_template(struct facts *facts, const struct resolve_scope *scope, bakery_error **err)
{
        AUTO_CLEAR(reading)
        in = { .facts = facts, .scope = scope, .first_group = facts->n_groups, .first_role = facts->n_roles };

        if (read_environments(&in) && read_resources(&in))
                return BAKERY_OK;
        if (in.problem)
                return bakery__fail(err, BAKERY_ERR_FORMAT, "the template of stack %s: %.60s: %s",
                                    text_or(scope->stack_name, ""), in.resource, in.problem);
        return bakery__fail_memory(err);
}
