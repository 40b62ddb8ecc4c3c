/* What changes between two sets of facts, in the words of people: who gains what, who loses what. */
#ifndef BAKERY_DEPLOY_FACTS_COMPARE_H
#define BAKERY_DEPLOY_FACTS_COMPARE_H

#include "deploy/facts.h"

enum difference_kind {
        DIFFERENCE_GRANT_GAINED,
        DIFFERENCE_GRANT_LOST,
        DIFFERENCE_GRANT_CONDITION, /* the same grant under another condition */
        DIFFERENCE_GROUP_NEW,
        DIFFERENCE_GROUP_GONE,
        DIFFERENCE_GROUP_REPLACED, /* of the same logical id, with another name or path: CloudFormation makes it anew */
        DIFFERENCE_GROUP_MOVED,    /* to another stack, which CloudFormation refuses for a name of one's own */
        DIFFERENCE_ROLE_NEW,
        DIFFERENCE_ROLE_GONE,
        DIFFERENCE_ROLE_REPLACED,
        DIFFERENCE_ROLE_MOVED,
        DIFFERENCE_POLICY_ATTACHED, /* a managed one, to a group or a role */
        DIFFERENCE_POLICY_DETACHED,
        DIFFERENCE_STATEMENT_GAINED, /* of an inline policy, or of a managed one that the template makes */
        DIFFERENCE_STATEMENT_LOST,
        DIFFERENCE_TRUST_GAINED, /* a principal, or something that it may do with the role */
        DIFFERENCE_TRUST_LOST,
        DIFFERENCE_TRUST_WEAKER, /* MFA, its age, the session name, another condition */
        DIFFERENCE_TRUST_STRONGER,
        DIFFERENCE_BOUNDARY_SET,
        DIFFERENCE_BOUNDARY_CHANGED,
        DIFFERENCE_BOUNDARY_REMOVED,
        DIFFERENCE_DURATION_RAISED,
        DIFFERENCE_DURATION_LOWERED,
        DIFFERENCE_FUNCTION /* the one that watches the admin groups */
};

/* The enum in the words of a machine-readable plan, "grant-gained". */
const char *bakery__difference_name(enum difference_kind kind);

struct difference {
        enum difference_kind kind;
        bool broadening;      /* somebody can do more than before, or it cannot be told that nobody can */
        const char *subject;  /* the name of a group, a role or a function */
        const char *role_arn; /* of a grant, or of the role; NULL: about a group or a function */
        const char *text;     /* one line: "members of MyTeamProdAdmin may assume arn:..." */
};

/* Grants that stay, but in another policy of the group: while IAM spreads that, they can be refused for seconds. */
struct moved_grants {
        const char *group;
        size_t count;
};

/* Begin with { 0 }. Texts live here or in the facts, which must outlive it. */
struct differences {
        struct arena arena;
        struct difference *at; /* group by group, then role by role, in the order of after, then what is gone */
        size_t count, capacity;
        size_t n_broadening;
        struct moved_grants *moved;
        size_t n_moved, moved_capacity;
};

/* Adds what is different in after to ret. Gives BAKERY_ERR_MEMORY; ret is then only good for clearing. */
bakery_status bakery__facts_compare(const struct facts *before, const struct facts *after, struct differences *ret,
                                    bakery_error **err);

void bakery__differences_clear(struct differences *differences);
DEFINE_AUTO_CLEAR(differences, bakery__differences_clear)

#endif
