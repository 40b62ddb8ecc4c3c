/* AWS's partitions: separate worlds with names, regions and ARNs of their own. */
#ifndef BAKERY_MODEL_PARTITION_H
#define BAKERY_MODEL_PARTITION_H

#include <stdbool.h>
#include <stddef.h>

/* The facts are those of partitions.json, which AWS's SDKs publish. */
struct partition {
        const char *id;                    /* aws-cn: the second field of ARNs */
        const char *region_prefix;         /* cn-; "" for aws, which has what no other one has */
        const char *dns_suffix;            /* amazonaws.com.cn */
        const char *dual_stack_dns_suffix; /* api.amazonwebservices.com.cn */
        const char *global_region;         /* where requests that name no region belong: cn-northwest-1 */
};

/* All of them; the first whose prefix fits a region is the region's. */
extern const struct partition bakery__partitions[];
extern const size_t bakery__n_partitions;

/* NULL when there is none of that id. */
const struct partition *bakery__partition_find(const char *id);

/* The partition of a region, known or new, by how its name begins. */
const struct partition *bakery__partition_of_region(const char *region);

#endif
