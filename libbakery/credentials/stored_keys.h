/* A user's access key in the AWS profile files: where it stands, and another one in its place. */
#ifndef BAKERY_CREDENTIALS_STORED_KEYS_H
#define BAKERY_CREDENTIALS_STORED_KEYS_H

#include "aws/client.h"
#include "aws/keys.h"

/*
 * How many profiles hold keys, in both files; 0 when they come from elsewhere. The files can be written, as far as that
 * can be seen beforehand. Gives BAKERY_ERR_FORMAT when a profile has the id and another secret, BAKERY_ERR_CONFIG when
 * a file is none, and what bakery__profiles_load() and bakery__fs_prepare() give.
 */
bakery_status bakery__stored_keys_find(const bakery_client *client, const bakery_credentials *keys, size_t *ret_count,
                                       bakery_error **err);

/*
 * Puts fresh in the place of each old; all else stays to the byte. Each file is replaced whole, and is 0600 from then
 * on. *ret_path, to be freed, is the file, or one of them. *ret_stored says whether any was replaced, also on failure:
 * then fresh must live. Gives the same.
 */
bakery_status bakery__stored_keys_replace(const bakery_client *client, const bakery_credentials *old,
                                          const bakery_credentials *fresh, char **ret_path, bool *ret_stored,
                                          bakery_error **err);

/* Writes a credentials file that holds keys as its profile "default", 0600. keys NULL: only sees whether that could be
 * done. Gives what bakery__fs_prepare() gives. */
bakery_status bakery__stored_keys_write(const char *path, const bakery_credentials *keys, bakery_error **err);

#endif
