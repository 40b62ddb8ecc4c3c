/* A file of plans: one, or a list of them, one for each burger. */
#ifndef BAKERY_DEPLOY_PLAN_FILE_H
#define BAKERY_DEPLOY_PLAN_FILE_H

#include "deploy/plan.h"

/* Begin with { 0 }. Once read, threads may share it. */
struct plan_file {
        const char *path;         /* borrowed, for errors */
        struct json json;         /* a plan, or { "version": 1, "plans": [...] } */
        const struct cJSON *list; /* NULL: it is one plan */
};

/* Gives BAKERY_ERR_IO, BAKERY_ERR_FORMAT. */
bakery_status bakery__plan_file_read(const char *path, struct plan_file *ret, bakery_error **err);

/* BAKERY_ERR_REFUSED when a plan is of no burger of the configuration, or of one that another plan is of too. */
bakery_status bakery__plan_file_check(const struct plan_file *file, const bakery_config *config, bakery_error **err);

bool bakery__plan_file_is_empty(const struct plan_file *file);

/* The plan for that account; the only one of a file is it, whatever account it is for. NULL: there is none. */
const struct cJSON *bakery__plan_file_find(const struct plan_file *file, const char *account_id);

/* Takes up the plan for the target's account. Gives what bakery_plan_read() gives. options may be NULL. */
bakery_status bakery__plan_take_up(bakery_client *client, const bakery_target *target,
                                   const bakery_run_options *options, const struct plan_file *file,
                                   bakery_plan **ret_plan, bakery_error **err);

/* A list, to put plans into, and writing it. Gives BAKERY_ERR_MEMORY, BAKERY_ERR_IO. */
struct cJSON *bakery__plan_file_begin(struct json *json);
bakery_status bakery__plan_file_write(const struct json *json, const char *path, bakery_error **err);

void bakery__plan_file_clear(struct plan_file *file);
DEFINE_AUTO_CLEAR(plan_file, bakery__plan_file_clear)

#endif
