#include "model/partition.h"

#include <check.h>
#include <string.h>

#include "base/mem.h"

Suite *partition_suite(void);

static const struct {
        const char *region, *partition, *dns_suffix;
} regions[] = {
        { "us-east-1", "aws", "amazonaws.com" },
        { "ap-southeast-2", "aws", "amazonaws.com" },
        { "us-gov-west-1", "aws-us-gov", "amazonaws.com" },
        { "cn-north-1", "aws-cn", "amazonaws.com.cn" },
        { "eusc-de-east-1", "aws-eusc", "amazonaws.eu" },
        { "us-iso-east-1", "aws-iso", "c2s.ic.gov" },
        { "us-isob-east-1", "aws-iso-b", "sc2s.sgov.gov" },
        { "eu-isoe-west-1", "aws-iso-e", "cloud.adc-e.uk" },
        { "us-isof-south-1", "aws-iso-f", "csp.hci.ic.gov" },
        { "eu-central-1", "aws", "amazonaws.com" },
        { "mars-north-9", "aws", "amazonaws.com" }, /* new regions need no release of ours */
        { "cn", "aws", "amazonaws.com" },
};

START_TEST(a_region_has_a_partition)
{
        const struct partition *partition = bakery__partition_of_region(regions[_i].region);

        ck_assert_msg(strcmp(partition->id, regions[_i].partition) == 0, "%s: %s", regions[_i].region, partition->id);
        ck_assert_str_eq(partition->dns_suffix, regions[_i].dns_suffix);
        ck_assert_ptr_eq(bakery__partition_find(regions[_i].partition), partition);
}
END_TEST

START_TEST(each_is_whole_and_found_by_its_own_names)
{
        for (size_t i = 0; i < bakery__n_partitions; i++) {
                const struct partition *partition = &bakery__partitions[i];

                ck_assert_ptr_eq(bakery__partition_find(partition->id), partition);
                ck_assert_ptr_eq(bakery__partition_of_region(partition->global_region), partition);
                ck_assert(*partition->dns_suffix && *partition->dual_stack_dns_suffix);
        }
        ck_assert_ptr_null(bakery__partition_find("aws-moon"));
        ck_assert_ptr_null(bakery__partition_find("AWS"));
        ck_assert_ptr_null(bakery__partition_find(""));
}
END_TEST

Suite *partition_suite(void)
{
        Suite *suite = suite_create("partition");
        TCase *tcase = tcase_create("table");

        tcase_add_loop_test(tcase, a_region_has_a_partition, 0, (int)N_ELEMENTS(regions));
        tcase_add_test(tcase, each_is_whole_and_found_by_its_own_names);
        suite_add_tcase(suite, tcase);
        return suite;
}
