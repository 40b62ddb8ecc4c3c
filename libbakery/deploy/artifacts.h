/* The templates of a recipe, and the code of its function, in their bucket: put there once, under a name that says what
 * is in them. */
#ifndef BAKERY_DEPLOY_ARTIFACTS_H
#define BAKERY_DEPLOY_ARTIFACTS_H

#include "deploy/site.h"

/*
 * Uploads what CloudFormation fetches from the bucket; nothing when all fits into the request. The bucket must belong
 * to the Bakery account; when it is missing and the options say so, it is made.
 *
 * Gives BAKERY_ERR_ARGUMENT (no bucket is named), BAKERY_ERR_NOT_FOUND (it is not there), BAKERY_ERR_DENIED (it is
 * somebody else's, or may not be written), and what bakery__s3_put() gives.
 */
bakery_status bakery__artifacts_upload(struct site *site, bakery_error **err);

#endif
