/* The roles of burger accounts, as they are there. */
#ifndef BAKERY_ACCESS_BURGERS_H
#define BAKERY_ACCESS_BURGERS_H

#include "access/access.h"
#include "aws/client.h"

struct burgers_request {
        bakery_client *client;
        const bakery_credentials *keys; /* that may assume the deployer role */
        const char *region;
        const char *deployer_role, *session_name;
        unsigned workers; /* accounts at once; 0: 8 */
};

/*
 * Reads each role of each burger account, several accounts at once, and adds to access what differs from the
 * configuration, in the order of the file. An account or a role that cannot be read is a difference. Gives
 * BAKERY_ERR_MEMORY, BAKERY_ERR_CANCELLED, BAKERY_ERR_SYSTEM.
 */
bakery_status bakery__access_read_burgers(bakery_access *access, const struct burgers_request *request,
                                          bakery_error **err);

#endif
