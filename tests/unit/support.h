/* What several suites stand on: configurations from text, what is wrong with them, and a folder to write in. */
#ifndef BAKERY_TESTS_SUPPORT_H
#define BAKERY_TESTS_SUPPORT_H

#include <bakery/config.h>

#include "formats/json.h"
#include "model/model.h"

/* A configuration that a test changes in one place. */
#define OWN "TeamName: MyTeam\nBillingCode: BC1\nBakeryAccount: \"111111111111\"\n"
#define ENVIRONMENTS "Environments: [{ Environment: Prod, Accounts: [{ Id: \"222222222222\", Name: Main }] }]\n"
#define ADMIN_POLICY "PolicyArn: \"arn:${Partition}:iam::aws:policy/AdministratorAccess\""
#define TYPES "AccessTypes: [{ Type: Admin, " ADMIN_POLICY " }]\n"

/* The configuration of text, to be freed; the test fails when it does not load. */
bakery_config *config_of(const char *text);

/* What is found in text, one a line: "3:9 error unknown-key: unknown key ..."; free() it. */
char *findings_in(const char *text);

/* Environment Prod with n accounts, named by name_format (one %04d or %d), and one access type, Admin. free() it. */
char *large_text(const char *more, int n, const char *name_format);

/* A tree of JSON text; the test fails when it is none. */
void parse_json(const char *text, struct json *ret);

/* The member at a path, "Resources/RoleAdmin/Type"; a number is a place in a list. NULL: there is none. */
const struct cJSON *json_at(const struct json *json, const char *path);

/*
 * Looks at bytes as they stand when free() gets the block they are in (the program is linked with --wrap=free):
 * whether they were wiped by then.
 */
void watch_free(const void *bytes, size_t size_bytes);
bool was_wiped(void);

/* From now on counts the blocks that this program frees with text in them; what libraries free is not seen. */
void watch_free_for(const char *text);
unsigned freed_with_text(void);

/* A new folder below the temporary one, to be removed with all that is in it. */
char *new_folder(void);
void remove_folder(char *folder);

char *path_to(const char *folder, const char *name);
void write_text(const char *path, const char *text);
char *read_text(const char *path); /* NULL: it is not there */

#endif
