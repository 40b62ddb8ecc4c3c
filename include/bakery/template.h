/* The CloudFormation templates that a configuration makes. */
#ifndef BAKERY_TEMPLATE_H
#define BAKERY_TEMPLATE_H

#include <bakery/base.h>
#include <bakery/config.h>
#include <bakery/error.h>
#include <bakery/report.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * The templates by number: bakery_stack.json and those nested in it, burger_account.json, when the
 * configuration names a DeployerRole burger_deployer.json, and when it names AdminGroups check_admin_access.json. i
 * must be below the count.
 */
BAKERY_EXPORT size_t bakery_template_count(const bakery_config *config);

/** The file's name, "bakery_env.json"; borrowed from the configuration. */
BAKERY_EXPORT const char *bakery_template_file(const bakery_config *config, size_t i);

/** What it is for, one line. */
BAKERY_EXPORT const char *bakery_template_about(const bakery_config *config, size_t i);

/**
 * Makes template i in memory, NUL-terminated; free it with bakery_free(). The same configuration gives the
 * same bytes. It is indented for reading, unless that alone would pass CloudFormation's limit.
 *
 * Gives BAKERY_ERR_LIMIT (a body over 1,000,000 bytes, over 500 resources; the error's hint says what to change),
 * BAKERY_ERR_MEMORY.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
 */
BAKERY_EXPORT bakery_status bakery_template_emit(const bakery_config *config, size_t i, char **ret_json,
                                                 size_t *ret_size_bytes, bakery_error **err);

/**
 * Makes every template, and adds what CloudFormation would refuse for its size to report, which may be NULL. Sizes are
 * known only when the templates are made, so that loading does not tell them.
 * Gives BAKERY_ERR_CONFIG with the first mistake in *err, BAKERY_ERR_MEMORY.
 */
BAKERY_EXPORT bakery_status bakery_templates_check(const bakery_config *config, bakery_report *report,
                                                   bakery_error **err);

/** What became of a file, or would become of it. */
typedef enum bakery_file_state {
        BAKERY_FILE_UNCHANGED = 0, /**< the file holds these bytes already */
        BAKERY_FILE_WRITTEN = 1,
        BAKERY_FILE_DIFFERS = 2, /**< only checked: it holds other bytes */
        BAKERY_FILE_MISSING = 3, /**< only checked: there is no such file */
        BAKERY_FILE_STALE = 4    /**< a template of an earlier configuration, which is left alone */
} bakery_file_state;

/** Told of one file. Everything in it is borrowed, and only for the time of the call. */
typedef struct bakery_file_event {
        size_t size;
        const char *file;  /**< "bakery_env.json" */
        const char *path;  /**< with the folder */
        const char *text;  /**< the template; NULL when stale */
        size_t size_bytes; /**< of the text */
        bakery_file_state state;
} bakery_file_event;

/** How to write. Begin with BAKERY_WRITE_OPTIONS_INIT, which sets size. */
typedef struct bakery_write_options {
        size_t size;
        int check_only;                                                 /**< write nothing */
        void (*on_file)(const bakery_file_event *event, void *context); /**< may be NULL; must not throw */
        void *context;
} bakery_write_options;
#define BAKERY_WRITE_OPTIONS_INIT                           \
        {                                                   \
                sizeof(bakery_write_options), 0, NULL, NULL \
        }

/**
 * Writes all templates into folder, which is made when it is missing. All are made before the first is written;
 * each file is replaced as a whole or not at all, and left alone when it holds the same bytes. Templates in the
 * folder that this configuration does not make are told as stale, never removed. options may be NULL.
 *
 * *ret_changes, which may be NULL, gets how many files are not as the configuration makes them: written, differing,
 * missing, stale.
 *
 * Gives BAKERY_ERR_IO, BAKERY_ERR_ARGUMENT (a size that is none), and what bakery_template_emit() gives.
 */
BAKERY_EXPORT bakery_status bakery_templates_write(const bakery_config *config, const char *folder,
                                                   const bakery_write_options *options, size_t *ret_changes,
                                                   bakery_error **err);

/**
 * SHA-256 of bytes as 64 hexadecimal digits and a NUL, in ret_hex. It opens libcrypto at first use.
 * Gives BAKERY_ERR_SYSTEM when that cannot be opened.
 */
BAKERY_EXPORT bakery_status bakery_sha256_hex(const void *bytes, size_t size_bytes, char ret_hex[65],
                                              bakery_error **err);

#ifdef __cplusplus
}
#endif
#endif
