#include "model/partition.h"

#include <string.h>

#include "base/mem.h"
#include "base/str.h"

const struct partition bakery__partitions[] = {
        { "aws-cn", "cn-", "amazonaws.com.cn", "api.amazonwebservices.com.cn", "cn-northwest-1" },
        { "aws-us-gov", "us-gov-", "amazonaws.com", "api.aws", "us-gov-west-1" },
        { "aws-eusc", "eusc-", "amazonaws.eu", "api.amazonwebservices.eu", "eusc-de-east-1" },
        { "aws-iso", "us-iso-", "c2s.ic.gov", "api.aws.ic.gov", "us-iso-east-1" },
        { "aws-iso-b", "us-isob-", "sc2s.sgov.gov", "api.aws.scloud", "us-isob-east-1" },
        { "aws-iso-e", "eu-isoe-", "cloud.adc-e.uk", "api.cloud-aws.adc-e.uk", "eu-isoe-west-1" },
        { "aws-iso-f", "us-isof-", "csp.hci.ic.gov", "api.aws.hci.ic.gov", "us-isof-south-1" },
        { "aws", "", "amazonaws.com", "api.aws", "us-east-1" },
};
const size_t bakery__n_partitions = N_ELEMENTS(bakery__partitions);

const struct partition *bakery__partition_find(const char *id)
{
        for (size_t i = 0; i < bakery__n_partitions; i++)
                if (strcmp(bakery__partitions[i].id, id) == 0)
                        return &bakery__partitions[i];
        return NULL;
}

const struct partition *bakery__partition_of_region(const char *region)
{
        const struct partition *partition = bakery__partitions;

        while (!bakery__str_starts(region, partition->region_prefix)) /* the last one's fits every region */
                partition++;
        return partition;
}
