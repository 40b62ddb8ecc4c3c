/* What the tool before this one may have left behind in deployed stacks, without telling anybody. */
#ifndef BAKERY_DEPLOY_DAMAGE_H
#define BAKERY_DEPLOY_DAMAGE_H

#include "deploy/facts.h"

/*
 * Adds to report what is wrong in what is deployed, each with the command that comes next: ARNs whose account id was
 * read as an octal number, accounts that a group's policies lack, environments that could never be deployed, names that
 * were cut, groups that survived a deletion and who is in them, an admin group that was never watched.
 *
 * deployed is read from the templates of all stacks that there are; live, from IAM, may be NULL. file is what findings
 * are about, the configuration's.
 * Gives BAKERY_ERR_MEMORY; findings are no error.
 */
bakery_status bakery__damage_find(const bakery_config *config, const struct facts *deployed, const struct facts *live,
                                  const char *file, bakery_report *report, bakery_error **err);

#endif
