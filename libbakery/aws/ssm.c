#include "aws/ssm.h"

#include "aws/json_call.h"

bakery_status bakery__ssm_parameter(const struct aws_access *aws, const char *name, struct secret *ret,
                                    bakery_error **err)
{
        AUTO_CLEAR(json_call) call = bakery__json_call(&bakery__ssm, "GetParameter", aws);
        struct cJSON *request = bakery__json_root(&call.request);

        bakery__json_text(&call.request, request, "Name", name);
        bakery__json_bool(&call.request, request, "WithDecryption", true);
        bakery_status st = bakery__json_call_send(&call, err);
        if (st)
                return bakery__wrap(err, st, "the parameter %s", name);

        const struct cJSON *parameter = bakery__json_get(call.answer.root, "Parameter");
        const char *value = bakery__json_text_of(bakery__json_get(parameter, "Value"));
        if (!value)
                return bakery__json_call_lacks(&call, "the Value", err);
        return bakery__secret_set(ret, bakery__span(value)) ? BAKERY_OK : bakery__fail_memory(err);
}
