#include "world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aws/client.h"
#include "formats/uri.h"

enum { NOW_S = 1230768000 }; /* 2009: before the keys of every recording end */

void world_set(struct world *world, const char *name, const char *value)
{
        if (world->n_variables == WORLD_VARIABLES_AT_MOST)
                abort();
        world->variables[world->n_variables].name = strdup(name);
        world->variables[world->n_variables++].value = strdup(value);
}

void world_clear(struct world *world)
{
        bakery_client_free(world->client);
        for (size_t i = 0; i < world->n_variables; i++) {
                free(world->variables[i].name);
                free(world->variables[i].value);
        }
}

static const char *get_variable(const char *name, void *context)
{
        const struct world *world = context;

        for (size_t i = 0; i < world->n_variables; i++)
                if (strcmp(world->variables[i].name, name) == 0)
                        return world->variables[i].value;
        return NULL;
}

static int64_t now_ms(void *context)
{
        (void)context;
        return (int64_t)NOW_S * 1000;
}

/* The action of the next event of that kind; NULL at the end. */
static const cJSON *next_event(struct world *world, const char *kind)
{
        for (; world->events; world->events = world->events->next) {
                const cJSON *action = member(member(world->events, "action"), kind);

                if (!action)
                        continue;
                world->events = world->events->next;
                return action;
        }
        return NULL;
}

bool world_has_more(const struct world *world)
{
        for (const cJSON *event = world->events; event; event = event->next)
                if (member(member(event, "action"), "Request"))
                        return true;
        return false;
}

static bool has_parameter(struct span query, const struct uri_parameter *wanted)
{
        struct uri_parameter found;

        while (bakery__uri_next_parameter(&query, &found))
                if (found.name.len == wanted->name.len && memcmp(found.name.at, wanted->name.at, found.name.len) == 0 &&
                    found.value.len == wanted->value.len &&
                    memcmp(found.value.at, wanted->value.at, found.value.len) == 0)
                        return true;
        return false;
}

/* The same place, whatever the order of parameters, and a path of "" or "/". */
static bool same_url(const char *a, const char *b)
{
        struct uri left, right;
        struct uri_parameter parameter;
        const struct span slash = { "/", 1 };

        if (bakery__uri_split(bakery__span(a), &left, NULL) || bakery__uri_split(bakery__span(b), &right, NULL) ||
            left.query.len != right.query.len)
                return false;
        if (left.path.len == 0)
                left.path = slash;
        if (right.path.len == 0)
                right.path = slash;
        for (struct span rest = left.query; bakery__uri_next_parameter(&rest, &parameter);)
                if (!has_parameter(right.query, &parameter))
                        return false;
        return left.scheme.len == right.scheme.len && left.authority.len == right.authority.len &&
               memcmp(left.authority.at, right.authority.at, left.authority.len) == 0 &&
               left.path.len == right.path.len && memcmp(left.path.at, right.path.at, left.path.len) == 0;
}

static const char *sent_header(const bakery_http_request *request, const char *name)
{
        for (size_t i = 0; i < request->header_count; i++)
                if (bakery__str_equal_nocase(request->headers[i].name, name))
                        return request->headers[i].value;
        return "";
}

/* Headers that a recording must agree in; others are of the client that was recorded. */
static const char *const compared[] = {
        "x-amz-sso_bearer_token",
        "x-aws-ec2-metadata-token",
        "x-aws-ec2-metadata-token-ttl-seconds",
        "accept",
};

static void compare(struct world *world, const bakery_http_request *request, const cJSON *wanted)
{
        const cJSON *headers = member(wanted, "headers");

        if (*world->difference)
                return;
        if (!wanted || strcmp(request->method, text_of(wanted, "method")) != 0 ||
            !same_url(request->url, text_of(wanted, "uri")))
                snprintf(world->difference, sizeof world->difference, "asks %s %s, not %s %s", request->method,
                         request->url, text_of(wanted, "method"), text_of(wanted, "uri"));
        for (size_t i = 0; i < N_ELEMENTS(compared); i++) {
                const cJSON *values = member(headers, compared[i]);
                const char *value = cJSON_GetStringValue(cJSON_GetArrayItem(values, 0));

                if (value && strcmp(value, sent_header(request, compared[i])) != 0)
                        snprintf(world->difference, sizeof world->difference, "sends another %s", compared[i]);
        }
}

static void compare_action(struct world *world, const bakery_http_request *request, const char *body)
{
        const size_t len = strcspn(body, "&");

        if (!*world->difference && (request->body_size_bytes < len || memcmp(request->body, body, len) != 0))
                snprintf(world->difference, sizeof world->difference, "does not call %.*s", (int)len, body);
}

/* Data stand before the end of their direction. */
static void play_data(struct world *world, const bakery_http_request *request, bakery_http_answer *answer)
{
        const cJSON *data = next_event(world, "Data");
        const char *text = text_of(member(data, "data"), "Utf8");

        if (strcmp(text_of(data, "direction"), "Response") == 0)
                bakery_http_answer_add_body(answer, text, strlen(text));
        else if (*text)
                compare_action(world, request, text);
}

static bakery_status play(void *context, const bakery_http_request *request, int (*cancelled)(void *),
                          void *cancel_context, bakery_http_answer *answer, int *ret_sent, bakery_error **err)
{
        struct world *world = context;
        const cJSON *recorded = next_event(world, "Request");

        (void)cancelled;
        (void)cancel_context;
        *ret_sent = 0;
        if (!recorded) {
                if (!*world->difference)
                        snprintf(world->difference, sizeof world->difference, "asks %s, which nobody recorded",
                                 request->url);
                return bakery__fail(err, BAKERY_ERR_NETWORK, "nothing was recorded");
        }
        compare(world, request, member(recorded, "request"));
        for (; world->events && !member(member(world->events, "action"), "Request");) {
                const cJSON *action = member(world->events, "action"), *response = member(action, "Response");
                const cJSON *ok = member(member(response, "response"), "Ok");

                if (member(action, "Data")) {
                        play_data(world, request, answer);
                        continue;
                }
                if (ok)
                        bakery_http_answer_set_status(answer, member(ok, "status")->valueint);
                world->events = world->events->next;
        }
        return BAKERY_OK;
}

bakery_client *world_client(struct world *world)
{
        bakery_client_options options = BAKERY_CLIENT_OPTIONS_INIT;
        AUTO_PTR(bakery_error) err = NULL;

        options.transport = play;
        options.getenv = get_variable;
        options.now_ms = now_ms;
        options.transport_context = options.world_context = world;
        options.retry_base_ms = options.retry_cap_ms = 1;
        options.allow_http = 1; /* the recordings have custom endpoints without TLS */
        if (bakery_client_new(&options, &world->client, &err)) {
                fprintf(stderr, "%s\n", bakery_error_message(err));
                exit(2);
        }
        return world->client;
}
