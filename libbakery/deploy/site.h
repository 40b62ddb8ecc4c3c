/* The site: where work on a stack goes on. Who works, on which stack, and who looks on. */
#ifndef BAKERY_DEPLOY_SITE_H
#define BAKERY_DEPLOY_SITE_H

#include <bakery/target.h>

#include "deploy/recipe.h"

/* Begin with { 0 }. The target and the client are borrowed. */
struct site {
        bakery_client *client;
        const bakery_target *target;
        bakery_run_options options; /* with defaults in place */
        struct recipe recipe;
        const bakery_credentials *keys;
};

/*
 * Opens it: finds the region and the bucket, writes the recipe, and makes sure that the keys are those of the account
 * that the stack belongs to. options may be NULL. Gives BAKERY_ERR_REFUSED (they are of another one),
 * BAKERY_ERR_ARGUMENT (no region), and what bakery__recipe_write() and GetCallerIdentity give.
 */
bakery_status bakery__site_open(bakery_client *client, const bakery_target *target, const bakery_run_options *options,
                                struct site *ret, bakery_error **err);

/*
 * The same for what is in account_id and is none of target's stacks: name is what people read, command what they type
 * to go on. The recipe has no files; kind and account of the target are not looked at.
 */
bakery_status bakery__site_open_account(bakery_client *client, const bakery_target *target,
                                        const bakery_run_options *options, const char *account_id, const char *name,
                                        const char *command, struct site *ret, bakery_error **err);

/* What calls to AWS take, with keys that are good for some minutes. */
bakery_status bakery__site_access(struct site *site, struct aws_access *ret, bakery_error **err);

/* The stack by its name, of arena; *ret NULL: there is none. */
bakery_status bakery__site_find_stack(struct site *site, struct arena *arena, const struct cfn_stack **ret,
                                      bakery_error **err);

/*
 * Appends the members of a group, "alice, bob"; nothing when it has none, or there is no such group. Gives what
 * bakery__iam_list() gives.
 */
bakery_status bakery__site_members(struct site *site, const char *group, struct buf *names, bakery_error **err);

/* Appends who is in a group, " (members: alice, bob)"; nothing when nobody is, or IAM does not tell. */
void bakery__site_add_members(struct site *site, const char *group, struct buf *text);

/* A name for a request that is new each time, "bakery-delete-...": its token. NULL: no memory. */
const char *bakery__site_token(const struct site *site, const char *what, struct arena *arena);

/* Tell whoever looks on. */
void bakery__site_step(const struct site *site, const char *format, ...) BAKERY__PRINTF(2, 3);
void bakery__site_warn(const struct site *site, const char *format, ...) BAKERY__PRINTF(2, 3);
void bakery__site_tell(const struct site *site, bakery_event *event); /* fills in the account */

/* Sentences about a stack that goes on at AWS while we do not: they end in how to take it up again. */
bakery_status bakery__site_goes_on(const struct site *site, bakery_status st, const char *stack_id, const char *why,
                                   bakery_error **err);

void bakery__site_clear(struct site *site);
DEFINE_AUTO_CLEAR(site, bakery__site_clear)

#endif
