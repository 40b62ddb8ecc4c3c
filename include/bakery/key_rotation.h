/* Rotating one's own access key, in such an order that no failure locks anybody out. */
#ifndef BAKERY_KEY_ROTATION_H
#define BAKERY_KEY_ROTATION_H

#include <bakery/base.h>
#include <bakery/client.h>
#include <bakery/error.h>
#include <bakery/session.h>

#ifdef __cplusplus
extern "C" {
#endif

/** How far a rotation is. */
typedef enum bakery_rotation_step {
        BAKERY_ROTATION_DELETED = 0,    /**< an inactive key of an earlier rotation is gone */
        BAKERY_ROTATION_CREATED = 1,    /**< there is a second key */
        BAKERY_ROTATION_VERIFIED = 2,   /**< STS knows it */
        BAKERY_ROTATION_STORED = 3,     /**< it stands in path */
        BAKERY_ROTATION_DEACTIVATED = 4 /**< the old key is inactive */
} bakery_rotation_step;

/** Told of each step that is done: the id of the key that it is about, and of STORED the file. Must not throw. */
typedef void bakery_rotation_function(bakery_rotation_step step, const char *access_key_id, const char *path,
                                      void *context);

/** Begin with BAKERY_ROTATION_INIT. */
typedef struct bakery_rotation {
        size_t size;
        bakery_session session; /**< whose key, and how MFA is shown where IAM wants it */
        const char *out_path; /**< where the new key goes, a credentials file of its own; NULL: where the old one is */
        int end_old;          /**< make no new key; end the older of two: deactivate it, or delete an inactive one */
        bakery_rotation_function *on_step; /**< NULL: nobody looks on */
        void *context;
} bakery_rotation;
#define BAKERY_ROTATION_INIT                                                       \
        {                                                                          \
                sizeof(bakery_rotation), BAKERY_SESSION_INIT, NULL, 0, NULL, NULL, \
        }

/**
 * Makes a second access key, waits until STS knows it, writes it over the old one in the AWS credentials and config
 * files (each place that holds it; all else stays to the byte) or into out_path, mode 0600, and then deactivates the
 * old one. That is deleted by the next rotation, when everything has long been using the new one.
 *
 * Whatever fails, a key that works stands where one stood before: until it is stored the old one is untouched, and a
 * new one that was not stored is deleted again. What could not be tidied is in the error.
 *
 * Gives BAKERY_ERR_REFUSED (two keys are there already, and neither is what an earlier rotation left; keys that are not
 * a user's own), BAKERY_ERR_ARGUMENT (a size that is none; the keys are in no profile file, and no out_path is given),
 * BAKERY_ERR_IO, BAKERY_ERR_CONFIG and BAKERY_ERR_FORMAT (a profile file that is none, or cannot be changed for
 * certain), BAKERY_ERR_NOT_FOUND (end_old, and there is no older key), and what bakery_session_resolve(), IAM and STS
 * give. https://docs.aws.amazon.com/IAM/latest/UserGuide/id-credentials-access-keys-update.html
 */
BAKERY_EXPORT bakery_status bakery_rotation_run(bakery_client *client, const bakery_rotation *rotation,
                                                bakery_error **err);

#ifdef __cplusplus
}
#endif
#endif
