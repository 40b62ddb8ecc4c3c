/* Systems Manager's parameters: where a secret of a deployed program can stand. */
#ifndef BAKERY_AWS_SSM_H
#define BAKERY_AWS_SSM_H

#include "aws/call.h"
#include "base/secret.h"

/*
 * The value of a parameter, decrypted; name may be an ARN. Gives what bakery__json_call_send() gives;
 * BAKERY_ERR_NOT_FOUND when there is none.
 * https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameter.html
 */
bakery_status bakery__ssm_parameter(const struct aws_access *aws, const char *name, struct secret *ret,
                                    bakery_error **err);

#endif
