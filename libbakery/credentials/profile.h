/* The AWS profile files of the client's world: where they are, and what they say together. */
#ifndef BAKERY_CREDENTIALS_PROFILE_H
#define BAKERY_CREDENTIALS_PROFILE_H

#include "aws/client.h"
#include "formats/ini.h"

/* Both files, merged. Begin with { 0 }; wiped when cleared. */
struct profiles {
        struct ini ini;
        char *paths[2]; /* by enum ini_file; NULL: nowhere, as HOME is not set */
};

/*
 * Where the file is: AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE, else in ~/.aws; "~/" at the front of a variable is
 * HOME. *ret_path, to be freed, is NULL when HOME would be needed and is not set. Gives BAKERY_ERR_MEMORY.
 * https://docs.aws.amazon.com/sdkref/latest/guide/file-location.html
 */
bakery_status bakery__profile_path(const bakery_client *client, enum ini_file file, char **ret_path,
                                   bakery_error **err);

/* HOME followed by name, to be freed. Gives BAKERY_ERR_CREDENTIALS when HOME is not set. */
bakery_status bakery__profile_home_path(const bakery_client *client, const char *name, char **ret_path,
                                        bakery_error **err);

/*
 * Reads both files; one that is not there, and /dev/null, say nothing. Gives BAKERY_ERR_IO, BAKERY_ERR_LIMIT,
 * BAKERY_ERR_CONFIG (by file and line, nothing of them is repeated), BAKERY_ERR_MEMORY.
 */
bakery_status bakery__profiles_load(const bakery_client *client, struct profiles *ret, bakery_error **err);

/* Warns, in the client's log, of a credentials file that others may read or change. */
void bakery__profiles_warn(const bakery_client *client, const struct profiles *profiles);

void bakery__profiles_clear(struct profiles *profiles);
DEFINE_AUTO_CLEAR(profiles, bakery__profiles_clear)

/* The profile that is meant: wanted, AWS_PROFILE, AWS_DEFAULT_PROFILE; NULL when nobody named one: then "default" is
 * taken, if it is there. */
const char *bakery__profile_wanted(const bakery_client *client, const char *wanted);

/*
 * The profile that is meant, as above. *ret_profile is NULL when nobody named one and there is no "default".
 * Gives BAKERY_ERR_CREDENTIALS when one is named that is not there, with up to five names that are near.
 */
bakery_status bakery__profiles_find(const bakery_client *client, const struct profiles *profiles, const char *wanted,
                                    const struct ini_section **ret_profile, bakery_error **err);

/* "profile dev is not there" with the names that are near; what says who asks for it. */
bakery_status bakery__profiles_fail_missing(const struct profiles *profiles, const char *name, const char *what,
                                            bakery_error **err);

/* What the profile says of name, in lower case; NULL when it says nothing, which a blank value does too. */
const char *bakery__profile_value(const struct ini_section *profile, const char *name);

/*
 * The same in one call, for those who need one setting: mfa_serial, region, role_session_name. *ret_value is to be
 * freed, and NULL when there is no such profile or setting. wanted as above. Gives what loading gives.
 */
bakery_status bakery__profile_read_value(const bakery_client *client, const char *wanted, const char *name,
                                         char **ret_value, bakery_error **err);

/*
 * From now on the client follows the region and the endpoints of profile; see bakery__client_set_profile(). Takes what
 * *profiles holds, of which profile is a part. Gives BAKERY_ERR_MEMORY.
 */
bakery_status bakery__profiles_hand_over(bakery_client *client, struct profiles *profiles,
                                         const struct ini_section *profile, bakery_error **err);

#endif
