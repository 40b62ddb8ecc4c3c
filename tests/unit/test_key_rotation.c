/* Rotating a key: whatever fails, a key that works stands where one stood. */
#include <bakery/key_rotation.h>

#include <check.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "aws_home.h"
#include "support.h"

Suite *key_rotation_suite(void);

#define SECRET_OF "CANARYsecretOf"
#define FILE_OF(id) "# mine\n[default]\naws_access_key_id = " id "\naws_secret_access_key = " SECRET_OF id "\n"
#define REFUSED(code) "<ErrorResponse><Error><Code>" code "</Code></Error></ErrorResponse>"

enum { KEYS = 4 };

struct key {
        char id[16];
        bool exists, active;
        const char *since;
};

/* What goes wrong with a request. */
enum trouble {
        NONE,
        DENIED,      /* refused */
        LOST,        /* done, and the answer does not come */
        NOT_ARRIVED, /* not done, and no answer */
        N_TROUBLES
};

/* A user's keys at IAM. The home comes first: the wire is found by it. */
struct iam {
        struct aws_home home;
        struct key keys[KEYS];
        unsigned n_made;
        enum trouble trouble;
        unsigned at;      /* the request that goes wrong, from 1; 0: none */
        bool for_good;    /* and all that follow */
        unsigned unknown; /* so many times a new key is not known yet */
        bool is_role, breaks_files;
        unsigned troubled;
};

static struct iam *iam; /* of the test that runs */

static struct key *key_of(const char *id, size_t len)
{
        for (size_t i = 0; i < KEYS; i++)
                if (iam->keys[i].exists && strlen(iam->keys[i].id) == len && memcmp(iam->keys[i].id, id, len) == 0)
                        return &iam->keys[i];
        return NULL;
}

/* The key that the request is signed with. */
static struct key *signer(const struct fake_wire *wire)
{
        const char *at = fake_header(wire, "authorization");

        at = at ? strstr(at, "Credential=") : NULL;
        at = at ? at + strlen("Credential=") : "";
        return key_of(at, strcspn(at, "/"));
}

static struct key *key_asked_for(const struct fake_wire *wire)
{
        const char *at = strstr(wire->last.body, "AccessKeyId=");

        at = at ? at + strlen("AccessKeyId=") : "";
        return key_of(at, strcspn(at, "&"));
}

static void add_key(const char *id, bool active, const char *since)
{
        for (size_t i = 0; i < KEYS; i++)
                if (!iam->keys[i].exists) {
                        iam->keys[i] = (struct key){ .exists = true, .active = active, .since = since };
                        snprintf(iam->keys[i].id, sizeof iam->keys[i].id, "%s", id);
                        return;
                }
        ck_abort_msg("too many keys");
}

static unsigned count_keys(bool active_only)
{
        unsigned count = 0;

        for (size_t i = 0; i < KEYS; i++)
                count += iam->keys[i].exists && (iam->keys[i].active || !active_only);
        return count;
}

static struct fake_answer list(void)
{
        static struct buf body;

        bakery__buf_clear(&body);
        body = (struct buf){ .max = 1 << 16 };
        bakery__buf_text(&body, "<ListAccessKeysResponse><ListAccessKeysResult><AccessKeyMetadata>");
        for (size_t i = 0; i < KEYS; i++)
                if (iam->keys[i].exists)
                        bakery__buf_format(&body,
                                           "<member><AccessKeyId>%s</AccessKeyId><Status>%s</Status><CreateDate>%s"
                                           "</CreateDate></member>",
                                           iam->keys[i].id, iam->keys[i].active ? "Active" : "Inactive",
                                           iam->keys[i].since);
        bakery__buf_text(&body, "</AccessKeyMetadata></ListAccessKeysResult></ListAccessKeysResponse>");
        return (struct fake_answer){ .status = 200, .body = body.at };
}

static struct fake_answer make(void)
{
        static char body[512];
        char id[16];

        if (count_keys(false) == 2)
                return (struct fake_answer)ANSWER(409, NULL, REFUSED("LimitExceeded"));
        snprintf(id, sizeof id, "AKIANEW%u", ++iam->n_made);
        add_key(id, true, "2026-11-22T10:00:00Z");
        snprintf(body, sizeof body,
                 "<CreateAccessKeyResponse><CreateAccessKeyResult><AccessKey><AccessKeyId>%s</AccessKeyId>"
                 "<SecretAccessKey>" SECRET_OF "%s</SecretAccessKey></AccessKey></CreateAccessKeyResult>"
                 "</CreateAccessKeyResponse>",
                 id, id);
        return (struct fake_answer)ANSWER(200, NULL, body);
}

static struct fake_answer identify(const struct key *key)
{
        static char body[512];

        if (strncmp(key->id, "AKIANEW", 7) == 0 && iam->breaks_files) {
                AUTO_FREE char *path = path_to(iam->home.folder, ".aws/credentials");

                ck_assert_int_eq(unlink(path), 0);
        }
        snprintf(body, sizeof body,
                 "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::111111111111:%s</Arn>"
                 "<UserId>U</UserId><Account>111111111111</Account></GetCallerIdentityResult>"
                 "</GetCallerIdentityResponse>",
                 iam->is_role ? "root" : "user/ann");
        return (struct fake_answer)ANSWER(200, NULL, body);
}

/* What IAM does when the request arrives. */
static struct fake_answer act(const struct fake_wire *wire)
{
        const struct key *by = signer(wire);
        const char *body = wire->last.body;
        struct key *key = key_asked_for(wire);

        if (!by || !by->active)
                return (struct fake_answer)ANSWER(403, NULL, REFUSED("InvalidClientTokenId"));
        if (strncmp(by->id, "AKIANEW", 7) == 0 && iam->unknown > 0) {
                iam->unknown--;
                return (struct fake_answer)ANSWER(403, NULL, REFUSED("InvalidClientTokenId"));
        }
        if (strstr(body, "Action=GetCallerIdentity"))
                return identify(by);
        ck_assert_ptr_nonnull(strstr(body, "UserName=ann"));
        if (strstr(body, "Action=ListAccessKeys"))
                return list();
        if (strstr(body, "Action=CreateAccessKey"))
                return make();
        if (!key)
                return (struct fake_answer)ANSWER(404, NULL, REFUSED("NoSuchEntity"));
        if (strstr(body, "Action=DeleteAccessKey")) {
                key->exists = false;
                return (struct fake_answer)ANSWER(200, NULL, "<DeleteAccessKeyResponse/>");
        }
        ck_assert_ptr_nonnull(strstr(body, "Action=UpdateAccessKey"));
        key->active = strstr(body, "Status=Active") != NULL;
        return (struct fake_answer)ANSWER(200, NULL, "<UpdateAccessKeyResponse/>");
}

static const struct fake_answer *choose(struct fake_wire *wire)
{
        static struct fake_answer answer;
        const bool troubled = iam->at && (iam->for_good ? wire->requests >= iam->at : wire->requests == iam->at);

        iam->troubled += troubled;
        if (!troubled || iam->trouble == LOST)
                answer = act(wire);
        if (troubled && iam->trouble == DENIED)
                answer = (struct fake_answer)ANSWER(403, NULL, REFUSED("AccessDenied"));
        else if (troubled)
                answer = (struct fake_answer){ .fails = BAKERY_ERR_NETWORK };
        return &answer;
}

static void begin(struct iam *ret, const char *credentials)
{
        home_begin(&ret->home, NULL, credentials);
        ret->home.wire.choose = choose;
        home_set(&ret->home, "AWS_REGION=us-east-1");
        iam = ret;
}

static void end_iam(struct iam *ended)
{
        home_end(&ended->home);
}
DEFINE_AUTO_CLEAR(iam, end_iam)

static char steps[400];

static void tell(bakery_rotation_step step, const char *access_key_id, const char *path, void *context)
{
        static const char *const names[] = { "deleted", "created", "verified", "stored", "deactivated" };
        size_t used = strlen(steps);

        (void)context;
        ck_assert_int_eq(path != NULL, step == BAKERY_ROTATION_STORED);
        snprintf(steps + used, sizeof steps - used, "%s%s %s", used ? ", " : "", names[step], access_key_id);
}

static bakery_status rotate(bool end_old, const char *out_path, bakery_error **err)
{
        bakery_rotation rotation = BAKERY_ROTATION_INIT;

        steps[0] = '\0';
        bakery_client_free(iam->home.wire.client); /* of the time before */
        iam->home.wire.client = NULL;
        rotation.session.chain.no_metadata = 1;
        rotation.end_old = end_old;
        rotation.out_path = out_path;
        rotation.on_step = tell;
        return bakery_rotation_run(home_client(&iam->home), &rotation, err);
}

/* The key of the file is one that works, with its secret, and all else of the file stands. */
static const struct key *ck_file_works(void)
{
        AUTO_FREE char *path = path_to(iam->home.folder, ".aws/credentials");
        AUTO_FREE char *text = read_text(path);
        const struct key *found = NULL;

        for (size_t i = 0; i < KEYS && !found; i++) {
                char wanted[400];

                snprintf(wanted, sizeof wanted, FILE_OF("%s"), iam->keys[i].id, iam->keys[i].id);
                if (iam->keys[i].exists && strcmp(text, wanted) == 0)
                        found = &iam->keys[i];
        }
        ck_assert_msg(found && found->active, "no key that works stands in\n%s", text);
        return found;
}

/* The whole of it, in its order. */
START_TEST(rotates)
{
        AUTO_CLEAR(iam) own = { .unknown = 3 };
        AUTO_PTR(bakery_error) err = NULL;

        begin(&own, FILE_OF("AKIAOLD"));
        add_key("AKIAOLD", true, "2026-01-01T00:00:00Z");
        ck_assert_msg(rotate(false, NULL, &err) == BAKERY_OK, "%s", bakery_error_message(err));
        ck_assert_str_eq(steps, "created AKIANEW1, verified AKIANEW1, stored AKIANEW1, deactivated AKIAOLD");
        ck_assert_str_eq(ck_file_works()->id, "AKIANEW1");
        ck_assert_uint_eq(count_keys(false), 2);
        ck_assert_uint_eq(count_keys(true), 1);
        ck_assert_ptr_nonnull(strstr(fake_header(&own.home.wire, "authorization"), "Credential=AKIANEW1/"));
}
END_TEST

/* Each request fails, in each way, once and from then on. */
START_TEST(no_failure_locks_anybody_out)
{
        const enum trouble trouble = (enum trouble)(_i / 2 + 1);
        unsigned at = 0;
        bool hit = true;

        for (at = 1; hit; at++) {
                AUTO_CLEAR(iam) own = { .trouble = trouble, .at = at, .for_good = _i % 2, .unknown = 1 };
                AUTO_PTR(bakery_error) err = NULL;

                begin(&own, FILE_OF("AKIAOLD"));
                add_key("AKIAOLD", true, "2026-01-01T00:00:00Z");
                add_key("AKIALEFT", false, "2025-01-01T00:00:00Z");
                bakery_status st = rotate(false, NULL, &err);
                hit = own.troubled > 0;
                const struct key *in_file = ck_file_works();

                if (st == BAKERY_OK)
                        ck_assert_str_eq(in_file->id, "AKIANEW1");
                else
                        ck_says(err, "");
                /* A key that could not be tidied away is named. */
                for (size_t i = 0; i < KEYS; i++) {
                        const struct key *key = &own.keys[i];

                        if (key->exists && key->active && key != in_file)
                                ck_assert_msg(st && (strstr(bakery_error_message(err), key->id) ||
                                                     strstr(bakery_error_message(err), "a second one may be there")),
                                              "trouble %d at %u leaves %s: %s", (int)trouble, at, key->id,
                                              bakery_error_message(err));
                }
                if (!own.for_good && st && trouble == DENIED)
                        ck_assert_uint_eq(count_keys(true), in_file->id[4] == 'N' ? 2 : 1);
        }
        ck_assert_uint_gt(at, 8); /* requests were troubled, one after the other */
}
END_TEST

START_TEST(a_secret_that_is_lost_is_the_secret_of_no_key)
{
        AUTO_CLEAR(iam) own = { .trouble = LOST, .at = 3 }; /* identity, list, create */
        AUTO_PTR(bakery_error) err = NULL;

        begin(&own, FILE_OF("AKIAOLD"));
        add_key("AKIAOLD", true, "2026-01-01T00:00:00Z");
        ck_assert_int_eq(rotate(false, NULL, &err), BAKERY_ERR_NETWORK);
        ck_says(err, "nothing is changed: the old access key works on: ");
        ck_assert_uint_eq(own.n_made, 1);
        ck_assert_uint_eq(count_keys(false), 1);
        ck_assert_str_eq(ck_file_works()->id, "AKIAOLD");
}
END_TEST

START_TEST(a_key_that_cannot_be_stored_is_taken_back)
{
        AUTO_CLEAR(iam) own = { .breaks_files = true };
        AUTO_PTR(bakery_error) err = NULL;

        begin(&own, FILE_OF("AKIAOLD"));
        add_key("AKIAOLD", true, "2026-01-01T00:00:00Z");
        ck_assert_int_eq(rotate(false, NULL, &err), BAKERY_ERR_IO);
        ck_says(err, "nothing is changed: the old access key works on: ");
        ck_assert_str_eq(steps, "created AKIANEW1, verified AKIANEW1");
        ck_assert_uint_eq(count_keys(false), 1);
        ck_assert(iam->keys[0].active);
}
END_TEST

static const struct {
        const char *other, *since; /* NULL: there is none */
        bool active, end_old;
        bakery_status st;
        const char *steps, *says;
} others[] = {
        { "AKIAX", "2025-01-01T00:00:00Z", false, false, BAKERY_OK,
          "deleted AKIAX, created AKIANEW1, verified AKIANEW1, stored AKIANEW1, deactivated AKIAOLD", NULL },
        /* An active key may be in use elsewhere; one that is newer is no left-over. */
        { "AKIAX", "2025-01-01T00:00:00Z", true, false, BAKERY_ERR_REFUSED, "", "AKIAX, active and older" },
        { "AKIAX", "2026-06-01T00:00:00Z", false, false, BAKERY_ERR_REFUSED, "", "AKIAX, inactive and newer" },
        { "AKIAX", "2026-06-01T00:00:00Z", true, false, BAKERY_ERR_REFUSED, "", "AKIAX, active and newer" },
        { "AKIAX", "2025-01-01T00:00:00Z", true, true, BAKERY_OK, "deactivated AKIAX", NULL },
        { "AKIAX", "2025-01-01T00:00:00Z", false, true, BAKERY_OK, "deleted AKIAX", NULL },
        { "AKIAX", "2026-06-01T00:00:00Z", false, true, BAKERY_ERR_REFUSED, "", "AKIAX, inactive and newer" },
        { NULL, NULL, false, true, BAKERY_ERR_NOT_FOUND, "", "ann has one access key, which is in use" },
};

START_TEST(the_other_key_decides)
{
        AUTO_CLEAR(iam) own = { .n_made = 0 };
        AUTO_PTR(bakery_error) err = NULL;

        begin(&own, FILE_OF("AKIAOLD"));
        add_key("AKIAOLD", true, "2026-01-01T00:00:00Z");
        if (others[_i].other)
                add_key(others[_i].other, others[_i].active, others[_i].since);
        bakery_status st = rotate(others[_i].end_old, NULL, &err);
        ck_assert_msg(st == others[_i].st, "%d: %s", _i, bakery_error_message(err));
        ck_assert_str_eq(steps, others[_i].steps);
        ck_file_works();
        if (st)
                ck_says(err, others[_i].says);
        if (st == BAKERY_ERR_REFUSED)
                ck_hints(err, "AKIAX");
}
END_TEST

START_TEST(only_ones_own_key_with_a_place_is_rotated)
{
        AUTO_CLEAR(iam) own = { .n_made = 0 };
        AUTO_PTR(bakery_error) err = NULL;

        begin(&own, NULL);
        add_key("AKIAOLD", true, "2026-01-01T00:00:00Z");
        home_set(&own.home, "AWS_ACCESS_KEY_ID=AKIAOLD");
        home_set(&own.home, "AWS_SECRET_ACCESS_KEY=" SECRET_OF "AKIAOLD");
        ck_assert_int_eq(rotate(false, NULL, &err), BAKERY_ERR_ARGUMENT);
        ck_hints(err, "--to FILE");
        ck_assert_int_eq(rotate(false, "/no/such/folder/key", &err), BAKERY_ERR_IO);
        ck_assert_uint_eq(own.n_made, 0);
        own.is_role = true;
        ck_assert_int_eq(rotate(false, NULL, &err), BAKERY_ERR_REFUSED);
        ck_says(err, "only a user's own access key is rotated");
        own.is_role = false;

        AUTO_FREE char *path = path_to(own.home.folder, "fresh");
        ck_assert_msg(rotate(false, path, &err) == BAKERY_OK, "%s", bakery_error_message(err));
        AUTO_FREE char *text = read_text(path);
        ck_assert_ptr_nonnull(strstr(text, "aws_access_key_id = AKIANEW1\n"));
        ck_assert(home_logged(&own.home, "AWS_ACCESS_KEY_ID of this environment is the old access key"));

        home_set(&own.home, "AWS_SESSION_TOKEN=x");
        ck_assert_int_eq(rotate(false, NULL, &err), BAKERY_ERR_REFUSED);
        ck_says(err, "those of a session");
}
END_TEST

Suite *key_rotation_suite(void)
{
        Suite *suite = suite_create("key_rotation");
        TCase *tcase = tcase_create("rotation");

        tcase_add_test(tcase, rotates);
        tcase_add_loop_test(tcase, no_failure_locks_anybody_out, 0, 2 * (N_TROUBLES - 1));
        tcase_add_test(tcase, a_secret_that_is_lost_is_the_secret_of_no_key);
        tcase_add_test(tcase, a_key_that_cannot_be_stored_is_taken_back);
        tcase_add_loop_test(tcase, the_other_key_decides, 0, (int)N_ELEMENTS(others));
        tcase_add_test(tcase, only_ones_own_key_with_a_place_is_rotated);
        suite_add_tcase(suite, tcase);
        return suite;
}
