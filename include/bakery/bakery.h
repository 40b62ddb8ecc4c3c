/* All of libbakery. Each header also stands alone. */
#ifndef BAKERY_BAKERY_H
#define BAKERY_BAKERY_H

#include <bakery/access.h>
#include <bakery/admin_check.h>
#include <bakery/assume.h>
#include <bakery/base.h>
#include <bakery/burgers.h>
#include <bakery/caller.h>
#include <bakery/chain.h>
#include <bakery/client.h>
#include <bakery/config.h>
#include <bakery/credentials.h>
#include <bakery/drift.h>
#include <bakery/error.h>
#include <bakery/explain.h>
#include <bakery/grants.h>
#include <bakery/group.h>
#include <bakery/http.h>
#include <bakery/key_rotation.h>
#include <bakery/lambda.h>
#include <bakery/plan.h>
#include <bakery/report.h>
#include <bakery/revocation.h>
#include <bakery/schema.h>
#include <bakery/session.h>
#include <bakery/signer.h>
#include <bakery/stack_sets.h>
#include <bakery/sts.h>
#include <bakery/target.h>
#include <bakery/template.h>
#include <bakery/user.h>
#include <bakery/users.h>
#include <bakery/users_report.h>
#include <bakery/versions.h>

#endif
