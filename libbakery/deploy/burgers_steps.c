/* What is done with burgers, step by step. */
#include "deploy/burgers.h"

static void take_plan(struct burger *burger, bakery_plan *plan)
{
        bakery_plan_free(burger->plan);
        burger->plan = plan;
        if (plan)
                burger->state = plan->action == BAKERY_PLAN_NOTHING ? BAKERY_BURGER_NOTHING : BAKERY_BURGER_PLANNED;
}

static bakery_status plan(struct burger *burger, const bakery_target *target, bakery_client *client,
                          const bakery_run_options *run, bakery_error **err)
{
        bakery_plan *made = NULL;
        bakery_status st = bakery_plan_make(client, target, run, &made, err);

        take_plan(burger, made);
        return st;
}

static bakery_status take_up(struct burger *burger, const bakery_target *target, bakery_client *client,
                             const bakery_run_options *run, bakery_error **err)
{
        bakery_plan *kept = NULL;
        bakery_status st = bakery__plan_take_up(client, target, run, burger->step->context, &kept, err);

        take_plan(burger, kept);
        return st;
}

static bakery_status execute(struct burger *burger, const bakery_target *target, bakery_client *client,
                             const bakery_run_options *run, bakery_error **err)
{
        bakery_status st = bakery_plan_execute(client, target, burger->plan, run, err);

        burger->state = burger->plan->unprotected ? BAKERY_BURGER_NOTHING : BAKERY_BURGER_DONE;
        return st;
}

static bakery_status discard(struct burger *burger, const bakery_target *target, bakery_client *client,
                             const bakery_run_options *run, bakery_error **err)
{
        bakery_status st = bakery_plan_discard(client, target, burger->plan, err);

        (void)run;
        burger->state = BAKERY_BURGER_DONE;
        return st;
}

static bakery_status delete_stack(struct burger *burger, const bakery_target *target, bakery_client *client,
                                  const bakery_run_options *run, bakery_error **err)
{
        bakery_status st = bakery_stack_delete(client, target, run, err);

        burger->state = BAKERY_BURGER_DONE;
        if (st != BAKERY_ERR_NOT_FOUND)
                return st;
        bakery__error_clear(err);
        burger->state = BAKERY_BURGER_NOTHING;
        return BAKERY_OK;
}

static bakery_status wait_for(struct burger *burger, const bakery_target *target, bakery_client *client,
                              const bakery_run_options *run, bakery_error **err)
{
        burger->state = BAKERY_BURGER_DONE;
        return bakery_stack_wait(client, target, run, err);
}

static bakery_status look(struct burger *burger, const bakery_target *target, bakery_client *client,
                          const bakery_run_options *run, bakery_error **err)
{
        bakery_drift *read = NULL;
        bakery_status st = bakery_drift_read(client, target, run, &read, err);

        if (st)
                return st;
        bakery__burger_take_drift(burger, read);
        return BAKERY_OK;
}

bakery_status bakery_burgers_plan(bakery_client *client, bakery_burgers *burgers, bakery_error **err)
{
        return bakery__burgers_run(client, burgers, (struct step){ .take = plan, .about = "could not be planned" },
                                   err);
}

bakery_status bakery_burgers_write(const bakery_burgers *burgers, const char *path, bakery_error **err)
{
        AUTO_CLEAR(json) json = { 0 };
        struct cJSON *list = bakery__plan_file_begin(&json);

        bakery__error_clear(err);
        for (size_t i = 0; i < burgers->count; i++)
                if (burgers->at[i].state == BAKERY_BURGER_PLANNED)
                        bakery__plan_put(burgers->at[i].plan, &json, bakery__json_object(&json, list, NULL));
        return bakery__plan_file_write(&json, path, err);
}

/* Each is of an account that the configuration has; which of them are meant, the request says. */
static bakery_status narrow(bakery_burgers *burgers, const struct plan_file *file, bakery_error **err)
{
        bakery_status st = bakery__plan_file_check(file, burgers->request.config, err);

        if (st)
                return st;
        bakery__burgers_narrow(burgers, file);
        if (burgers->count > 0 || bakery__plan_file_is_empty(file))
                return BAKERY_OK;
        bakery__fail(err, BAKERY_ERR_REFUSED, "%s has no plan for these burgers", file->path);
        bakery__error_hint(err, "name those that it was made for, or plan again");
        return BAKERY_ERR_REFUSED;
}

bakery_status bakery_burgers_read(bakery_client *client, bakery_burgers *burgers, const char *path, bakery_error **err)
{
        AUTO_CLEAR(plan_file) file = { 0 };

        bakery__error_clear(err);
        bakery_status st = bakery__plan_file_read(path, &file, err);
        if (!st)
                st = narrow(burgers, &file, err);
        if (st)
                return st;
        const struct step step = { .take = take_up, .context = &file, .about = "are not as their plan has them" };
        return bakery__burgers_run(client, burgers, step, err);
}

bakery_status bakery_burgers_execute(bakery_client *client, bakery_burgers *burgers, bakery_error **err)
{
        return bakery__burgers_run(client, burgers,
                                   (struct step){ .take = execute,
                                                  .plans_only = true,
                                                  .and_unprotected = true,
                                                  .goes_on = true,
                                                  .about = "failed" },
                                   err);
}

bakery_status bakery_burgers_discard(bakery_client *client, bakery_burgers *burgers, bakery_error **err)
{
        return bakery__burgers_run(
                client, burgers,
                (struct step){
                        .take = discard, .plans_only = true, .takes_back = true, .about = "kept their change sets" },
                err);
}

bakery_status bakery_burgers_delete(bakery_client *client, bakery_burgers *burgers, bakery_error **err)
{
        return bakery__burgers_run(
                client, burgers,
                (struct step){ .take = delete_stack, .goes_on = true, .about = "could not be deleted" }, err);
}

bakery_status bakery_burgers_wait(bakery_client *client, bakery_burgers *burgers, bakery_error **err)
{
        return bakery__burgers_run(
                client, burgers,
                (struct step){ .take = wait_for, .goes_on = true, .about = "did not come to a good end" }, err);
}

bakery_status bakery_burgers_look(bakery_client *client, bakery_burgers *burgers, bakery_error **err)
{
        return bakery__burgers_run(client, burgers, (struct step){ .take = look, .about = "could not be looked at" },
                                   err);
}
