/* The function of the admin check: its code, and what its stack is told. */
#ifndef BAKERY_DEPLOY_FUNCTION_H
#define BAKERY_DEPLOY_FUNCTION_H

#include "deploy/site.h"

/*
 * Reads the zip file of the function and finds the webhook, and puts both into the site's recipe; nothing for any other
 * stack. Gives BAKERY_ERR_ARGUMENT (no zip file is named), BAKERY_ERR_IO, BAKERY_ERR_LIMIT (larger than a function may
 * be), BAKERY_ERR_CONFIG (there is no webhook behind env: or file:).
 */
bakery_status bakery__function_add(struct site *site, bakery_error **err);

#endif
